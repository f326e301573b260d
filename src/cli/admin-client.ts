import { request } from 'node:https';
import { readLocalToken } from '../admin/access/local-token.js';
import { errorCatalogue, HandrailError, type ErrorCode } from '../kernel/errors.js';

/** A controller, and the folder in which it keeps the token for commands of this machine. */
export interface AdminAddress {
  readonly adminUrl: string;
  readonly dataDir: string;
}

export interface AdminRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Another API token than the local one. */
  readonly token?: string | undefined;
}

const ANSWER_WITHIN_MS = 60_000;

/**
 * Asks the API of a controller.
 *
 * @param path such as `/api/flow/versions`
 * @throws HandrailError HR_NOT_RUNNING, and what the API answers
 */
export async function askAdmin(address: AdminAddress, path: string, request: AdminRequest = {}): Promise<unknown> {
  const { method = 'GET', body, token = readLocalToken(address.dataDir)?.reveal() } = request;
  const url = new URL(path, address.adminUrl);
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  let response: Answer;
  try {
    response = await send(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (cause) {
    throw new HandrailError('HR_NOT_RUNNING', url.origin, { cause });
  }
  const { status, text } = response;
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (status >= 200 && status < 300) return answer;
  const told = (answer ?? {}) as { readonly error?: string; readonly code?: string; readonly where?: string };
  if (isErrorCode(told.code)) throw new HandrailError(told.code, told.where ?? '');
  throw new HandrailError('HR_USAGE', `${method} ${url.pathname}: ${told.error ?? String(status)}`);
}

/** Asks what everybody may ask: `/metrics`, `/readyz`. The answer’s text, whatever its status. @throws HandrailError HR_NOT_RUNNING */
export async function askPublic(adminUrl: string, path: string): Promise<string> {
  const url = new URL(path, adminUrl);
  try {
    return (await send(url, { method: 'GET', headers: {}, body: undefined })).text;
  } catch (cause) {
    throw new HandrailError('HR_NOT_RUNNING', url.origin, { cause });
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

async function send(url: URL, { method, headers, body }: Outgoing): Promise<Answer> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  if (url.protocol === 'https:' && isLoopback(url.hostname)) return sendHere(url, { method, headers, body }, signal);
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), signal });
  return { status: response.status, text: await response.text() };
}

/** The certificate is for the name that browsers use; of this machine itself it proves nothing. */
function sendHere(url: URL, { method, headers, body }: Outgoing, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, rejectUnauthorized: false, agent: false, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(errorCatalogue, code);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
