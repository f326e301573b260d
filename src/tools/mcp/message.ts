import { ToolFailure } from '../outcome.js';

/** JSON-RPC 2.0, as far as MCP needs it. */
export interface Answer {
  readonly id: number;
  /** Gives what was asked for. @throws ToolFailure `refused`, when the server says that it cannot */
  result(): unknown;
}

export type Incoming =
  | { readonly type: 'answer'; readonly answer: Answer }
  /** The server asks us something; we offer nothing, but it may see whether we live. */
  | { readonly type: 'request'; readonly id: unknown; readonly method: string }
  | { readonly type: 'notification'; readonly method: string };

/** @returns undefined for what is no message */
export function readMessage(text: string): Incoming | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  const { id, method, result } = message;
  if (typeof method === 'string')
    return id === undefined ? { type: 'notification', method } : { type: 'request', id, method };
  if (typeof id !== 'number' || (result === undefined && message['error'] === undefined)) return undefined;
  return { type: 'answer', answer: { id, result: () => resultOf(message) } };
}

function resultOf({ result, error }: Readonly<Record<string, unknown>>): unknown {
  if (error !== undefined) throw new ToolFailure('refused');
  return result;
}

export function requestText(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function notificationText(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

/** What a server’s own question gets. */
export function replyText(id: unknown, method: string): string {
  const said = method === 'ping' ? { result: {} } : { error: { code: -32601, message: 'not offered' } };
  return JSON.stringify({ jsonrpc: '2.0', id, ...said });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
