import type { Clock } from '../../kernel/clock.js';
import { limitedBody } from '../limited-body.js';
import { ToolFailure } from '../outcome.js';
import { notificationText, readMessage, requestText } from './message.js';
import { serverSentData } from './server-sent.js';
import { SessionLost, type Wire } from './wire.js';

export interface HttpWireOptions {
  readonly url: string;
  /** Those that carry secrets too: asked for at each request. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly clock: Clock;
}

/** A farewell that a server does not take is let go. */
const END_WITHIN_MS = 1_000;

/**
 * MCP’s streamable HTTP: every message is a POST, its answer JSON or the end of a stream of events. The stream of a
 * server’s own wishes (GET) is not opened.
 */
export class HttpWire implements Wire {
  #nextId = 1;
  #session: string | undefined;
  #version: string | undefined;
  readonly #life = new AbortController();

  constructor(private readonly options: HttpWireOptions) {}

  async request(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    const id = this.#nextId++;
    const forget = (): void => {
      this.notify('notifications/cancelled', { requestId: id }).catch(() => undefined);
    };
    signal.addEventListener('abort', forget, { once: true });
    try {
      const response = await this.#post(requestText(id, method, params), signal);
      this.#session ??= response.headers.get('mcp-session-id') ?? undefined;
      return await answerIn(limitedBody(response), id);
    } finally {
      signal.removeEventListener('abort', forget);
    }
  }

  async notify(method: string, params: object): Promise<void> {
    const response = await this.#post(notificationText(method, params), undefined);
    await response.body?.cancel();
  }

  agreed(version: string): void {
    this.#version = version;
  }

  async close(): Promise<void> {
    this.#life.abort();
    if (this.#session === undefined) return;
    const late = new AbortController();
    const cancel = this.options.clock.after(END_WITHIN_MS, () => late.abort());
    await this.#send('DELETE', undefined, late.signal).then(
      (response) => response.body?.cancel(),
      () => undefined,
    );
    cancel();
  }

  async #post(body: string, signal: AbortSignal | undefined): Promise<Response> {
    const inSession = this.#session !== undefined;
    const life = this.#life.signal;
    const response = await this.#send('POST', body, signal ? AbortSignal.any([signal, life]) : life);
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404 && inSession) throw new SessionLost();
    throw new ToolFailure('status', response.status);
  }

  async #send(method: string, body: string | undefined, signal: AbortSignal): Promise<Response> {
    return fetch(this.options.url, {
      method,
      headers: {
        accept: 'application/json, text/event-stream',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session }),
        ...(this.#version === undefined ? {} : { 'mcp-protocol-version': this.#version }),
        ...(await this.options.headers()),
      },
      ...(body === undefined ? {} : { body }),
      // A redirect would lead past the operator’s list of servers.
      redirect: 'manual',
      signal,
    });
  }
}

async function answerIn(response: Response, id: number): Promise<unknown> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const texts = isStream ? serverSentData(response.body ?? new ReadableStream()) : [await response.text()];
  for await (const text of texts) {
    const message = readMessage(text);
    if (message?.type === 'answer' && message.answer.id === id) return message.answer.result();
    if (!isStream) throw new ToolFailure('not-json');
  }
  throw new ToolFailure('unreachable');
}
