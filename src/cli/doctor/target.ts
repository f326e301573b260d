import { join } from 'node:path';
import { addressOf, type AriAddress } from '../../ari/address.js';
import type { Config } from '../../config/index.js';
import { dataDir } from '../../kernel/paths.js';
import { sensitive } from '../../kernel/sensitive.js';
import type { PrivatePbx } from '../private-pbx.js';
import { findRunningPbx, type RunningPbx } from '../running-pbx.js';
import { startTemporaryPbx } from '../temporary-pbx.js';

/** The Asterisk that is looked at. */
export interface Target {
  /** In words, for people. */
  readonly what: string;
  readonly address: AriAddress;
  /** Asterisk's command line, where it is ours. */
  readonly cli: PrivatePbx['cli'] | undefined;
  /** Where a test telephone may call, where it is ours. */
  readonly sip: { readonly host: string; readonly port: number } | undefined;
  close(): Promise<void>;
}

/**
 * The Asterisk of `ari.url`; without one the private Asterisk that runs; without that one that is started for the check.
 *
 * @throws HandrailError HR_PBX_FAILED when it cannot be started, HR_ARI_CERTIFICATE of `ari.caFile`
 */
export async function openTarget({ ari }: Config): Promise<Target> {
  if (ari.url !== undefined) {
    const address = addressOf({ ...ari, url: ari.url, password: ari.password ?? sensitive('') });
    return { what: 'the one of ari.url', address, cli: undefined, sip: undefined, close: () => Promise.resolve() };
  }
  const running = await findRunningPbx(join(dataDir, 'pbx'));
  if (running) return ours('the private Asterisk that runs', running, () => Promise.resolve());
  const temporary = await startTemporaryPbx();
  return ours('a private Asterisk, started for this check', temporary, () => temporary.stop());
}

function ours(what: string, pbx: RunningPbx, close: () => Promise<void>): Target {
  const { ariUrl, ariUser, ariPassword, sipHost, sipPort, cli } = pbx;
  return {
    what,
    address: { baseUrl: ariUrl, user: ariUser, password: sensitive(ariPassword) },
    cli,
    sip: { host: sipHost, port: sipPort },
    close,
  };
}
