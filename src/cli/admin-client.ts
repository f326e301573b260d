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
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  } catch (cause) {
    throw new HandrailError('HR_NOT_RUNNING', url.origin, { cause });
  }
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (response.ok) return answer;
  const told = (answer ?? {}) as { readonly error?: string; readonly code?: string; readonly where?: string };
  if (isErrorCode(told.code)) throw new HandrailError(told.code, told.where ?? '');
  throw new HandrailError('HR_USAGE', `${method} ${url.pathname}: ${told.error ?? String(response.status)}`);
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
