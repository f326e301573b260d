import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../kernel/clock.js';
import { silentLogger } from '../kernel/log.js';
import { freePbxPorts, startPrivatePbx, type PrivatePbx } from './private-pbx.js';

export interface TemporaryPbx extends PrivatePbx {
  readonly ariPassword: string;
}

/**
 * A private Asterisk on free ports whose folder goes with it: for a check, nobody calls it.
 *
 * @throws HandrailError as `startPrivatePbx`
 */
export async function startTemporaryPbx(): Promise<TemporaryPbx> {
  const runDir = await mkdtemp(join(tmpdir(), 'handrail-pbx-'));
  const clear = (): Promise<void> => rm(runDir, { recursive: true, force: true });
  const ariPassword = randomBytes(12).toString('hex');
  try {
    const pbx = await startPrivatePbx({
      runDir,
      ...(await freePbxPorts()),
      ariPassword,
      softphonePassword: randomBytes(12).toString('hex'),
      clock: systemClock,
      log: silentLogger,
    });
    return {
      ...pbx,
      ariPassword,
      stop: async () => {
        await pbx.stop();
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}
