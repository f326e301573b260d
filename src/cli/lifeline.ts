import { parseArgs } from 'node:util';
import { addressOf } from '../ari/address.js';
import { loadConfig } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { AriRequests } from '../lifeline/ari-requests.js';
import { Lifeline } from '../lifeline/lifeline.js';
import { version } from '../version.js';

export const lifelineUsage = `npx handrail lifeline [--config FILE]   watch the controller; when it dies, give its callers to the dialplan`;

/**
 * `handrail lifeline`: a process of its own, for systemd, containers, and as a child of `handrail start`. One line of JSON
 * for each thing that it does. SIGTERM ends it at once.
 *
 * @returns the exit code: 0 when it was told to end
 * @throws HandrailError HR_CONFIG_INVALID, HR_ARI_CERTIFICATE of `ari.caFile`, HR_ARI_AUTH when Asterisk refuses the password at the start; an Asterisk that is
 * away is waited for
 */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { config: { type: 'string' } } });
  const { ari, lifeline: settings } = loadConfig({ file: values.config, env: process.env });
  if (!ari.url || !ari.password)
    throw new HandrailError('HR_CONFIG_INVALID', 'ari.url and HANDRAIL_ARI_PASSWORD are needed.');
  const { app } = ari;
  const { afterMs } = settings;
  const tell = (event: Readonly<Record<string, unknown>>): void =>
    console.log(JSON.stringify({ at: new Date(systemClock.wallMs()).toISOString(), app, ...event }));
  const address = addressOf({ ...ari, url: ari.url, password: ari.password });
  const abort = new AbortController();
  const asterisk = new AriRequests(address, app, systemClock, abort.signal);
  const lifeline = new Lifeline({ ari: asterisk, app, afterMs, clock: systemClock, tell });

  const stop = (): void => {
    lifeline.stop();
    // What was asked for already, Asterisk finishes without us.
    abort.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, stop);
  await asterisk.readLease().catch((error: unknown) => {
    if (error instanceof HandrailError && error.code === 'HR_ARI_AUTH') throw error;
  });
  tell({ event: 'watching', url: address.baseUrl, afterMs, version, pid: process.pid });
  await lifeline.run();
  tell({ event: 'ended' });
  if (process.connected) process.disconnect();
  return 0;
}
