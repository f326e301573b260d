import type { Permission } from '../../src/admin/access/permissions.js';
import type { Role } from '../../src/store/access-port.js';

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
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** @throws ApiError when the API refuses; TypeError when it cannot be reached */
export async function api<Answer>(path: string, { method = 'GET', body, signal }: ApiRequest = {}): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { 'x-csrf-token': csrf }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer;
  throw refusal(response.status, text);
}

function refusal(status: number, text: string): ApiError {
  try {
    const told = JSON.parse(text) as { readonly error?: string; readonly code?: string; readonly mend?: string };
    return new ApiError(status, told.code, told.error ?? String(status), told.mend);
  } catch {
    return new ApiError(status, undefined, String(status), undefined);
  }
}
