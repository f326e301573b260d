import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { type AriAddress, authorization } from './address.js';

/**
 * Asks for the cheapest thing that ARI has, to tell a wrong password from a wrong address in plain words. It must come
 * first: `ari-client` answers a wrong password by throwing where nobody can catch it, which ends the process.
 *
 * @throws HandrailError HR_ARI_AUTH, HR_ARI_CERTIFICATE or HR_ARI_UNREACHABLE
 */
export async function preflight(address: AriAddress, clock: Clock, timeoutMs: number): Promise<void> {
  const url = `${address.baseUrl}/ari/asterisk/ping`;
  const abort = new AbortController();
  const cancel = clock.after(timeoutMs, () => abort.abort());
  let status: number;
  try {
    const answer = await fetch(url, { headers: { authorization: authorization(address) }, signal: abort.signal });
    status = answer.status;
    await answer.arrayBuffer();
  } catch (error) {
    if (isUntrusted(error)) {
      throw new HandrailError('HR_ARI_CERTIFICATE', `${address.baseUrl}: ${connectionError(error)}`, { cause: error });
    }
    const why = abort.signal.aborted ? `no answer within ${timeoutMs} ms` : connectionError(error);
    throw new HandrailError('HR_ARI_UNREACHABLE', `${address.baseUrl}: ${why}`, { cause: error });
  } finally {
    cancel();
  }
  if (status === 401 || status === 403) {
    throw new HandrailError('HR_ARI_AUTH', `user “${address.user}” at ${address.baseUrl}, HTTP status ${status}`);
  }
  if (status !== 200) {
    throw new HandrailError('HR_ARI_UNREACHABLE', `${url} answered with HTTP status ${status}: is res_ari loaded?`);
  }
}

/** As OpenSSL and Node name them: an issuer that is not known, a name that is another, a time that has run out. */
function isUntrusted(error: unknown): boolean {
  return /CERT|UNABLE_TO_/.test(connectionError(error));
}

function connectionError(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}
