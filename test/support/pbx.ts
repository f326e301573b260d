import { join } from 'node:path';
import { freePbxPorts, startPrivatePbx, type PrivatePbx } from '../../src/cli/private-pbx.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/log.js';

/** Of `startBarePbx`, for ARI and the softphone. */
export const PBX_PASSWORD = 'onlyForThisTest';

/** An Asterisk on free ports without a controller: its files in `dir`/pbx, the dialplan copy in `dir`/dialplan. */
export async function startBarePbx(dir: string): Promise<PrivatePbx> {
  return startPrivatePbx({
    runDir: join(dir, 'pbx'),
    dialplanDir: join(dir, 'dialplan'),
    ...(await freePbxPorts()),
    ariPassword: PBX_PASSWORD,
    softphonePassword: PBX_PASSWORD,
    clock: systemClock,
    log: silentLogger,
  });
}
