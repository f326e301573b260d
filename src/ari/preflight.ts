import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { AriAddress } from './address.js';
import { askPlain } from './plain-request.js';

/**
 * Asks for the cheapest thing that ARI has, to tell a wrong password from a wrong address in plain words. It must come
 * first: `ari-client` answers a wrong password by throwing where nobody can catch it, which ends the process.
 *
 * @throws HandrailError HR_ARI_AUTH, HR_ARI_CERTIFICATE or HR_ARI_UNREACHABLE
 */
export async function preflight(address: AriAddress, clock: Clock, timeoutMs: number): Promise<void> {
  const path = 'asterisk/ping';
  const { status } = await askPlain(address, { method: 'GET', path, timeoutMs, clock });
  if (status === 401 || status === 403) {
    throw new HandrailError('HR_ARI_AUTH', `user “${address.user}” at ${address.baseUrl}, HTTP status ${status}`);
  }
  if (status !== 200) {
    const what = `${address.baseUrl}/ari/${path} answered with HTTP status ${status}: is res_ari loaded?`;
    throw new HandrailError('HR_ARI_UNREACHABLE', what);
  }
}
