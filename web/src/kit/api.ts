import type { Permission } from '../../../src/admin/access/permissions.js';
import type { Role } from '../../../src/store/access-port.js';

/** Who is logged in, as `/api/session` tells. */
export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly may: readonly Permission[];
  readonly csrf: string;
}

/** What the API answers when it refuses; `mend` says what to do. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    message: string,
    readonly mend: string | undefined,
    /** What it is about, with the details. */
    readonly where: string | undefined,
  ) {
    super(message);
  }
}

let csrf = '';

/** The token that goes with everything that changes something. */
export function takeCsrf(token: string): void {
  csrf = token;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** @throws ApiError when the API refuses; TypeError when it cannot be reached */
export async function api<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  const text = await (await ask(path, request)).text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** The same for what is no JSON: audio. */
export async function apiBytes(path: string, request: ApiRequest = {}): Promise<ArrayBuffer> {
  return (await ask(path, request)).arrayBuffer();
}

/**
 * The same for a body that takes its time, and tells how much of it has gone out.
 * @param onSent a share, 0 to 1
 */
export function apiUpload<Answer>(path: string, body: unknown, onSent: (share: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how far it has come.
    const request = new XMLHttpRequest();
    request.open('POST', path);
    request.setRequestHeader('x-csrf-token', csrf);
    request.setRequestHeader('content-type', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new TypeError('unreachable'));
    request.onload = () => {
      const { responseText, status } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as Answer);
      else reject(refusal(status, responseText));
    };
    request.send(JSON.stringify(body));
  });
}

async function ask(path: string, { method = 'GET', body, signal }: ApiRequest): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'x-csrf-token': csrf }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (response.ok) return response;
  throw refusal(response.status, await response.text());
}

function refusal(status: number, text: string): ApiError {
  try {
    const told = JSON.parse(text) as Partial<Readonly<Record<'error' | 'code' | 'mend' | 'where', string>>>;
    return new ApiError(status, told.code, told.error ?? String(status), told.mend, told.where);
  } catch {
    return new ApiError(status, undefined, String(status), undefined, undefined);
  }
}
