import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { type AriAddress, authorization } from './address.js';

export interface PlainRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/ari/`, with its query. */
  readonly path: string;
  /** No answer within this is no answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * One request over `node:http` on a connection of its own: no package, no kept connection, no state.
 *
 * @throws HandrailError HR_ARI_CERTIFICATE, HR_ARI_UNREACHABLE
 */
export function askPlain(address: AriAddress, asked: PlainRequest): Promise<PlainAnswer> {
  const { method, path, timeoutMs, clock, signal } = asked;
  const request = address.baseUrl.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(`${address.baseUrl}/ari/${path}`, {
      method,
      agent: false,
      ca: address.ca,
      headers: { authorization: authorization(address), 'content-length': 0 },
      ...(signal ? { signal } : {}),
    });
    const cancel = clock.after(timeoutMs, () => sent.destroy(new Error(`no answer within ${String(timeoutMs)} ms`)));
    const fail = (error: NodeJS.ErrnoException): void => {
      cancel();
      const why = error.code ?? error.message;
      const code = isUntrusted(why) ? 'HR_ARI_CERTIFICATE' : 'HR_ARI_UNREACHABLE';
      reject(new HandrailError(code, `${address.baseUrl}: ${why}`, { cause: error }));
    };
    sent.once('error', fail);
    sent.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.once('error', fail);
      answer.once('end', () => {
        cancel();
        resolve({ status: answer.statusCode ?? 0, text });
      });
    });
    sent.end();
  });
}

/** As OpenSSL and Node name them: an issuer that is not known, a name that is another, a time that has run out. */
function isUntrusted(why: string): boolean {
  return /CERT|UNABLE_TO_/.test(why);
}
