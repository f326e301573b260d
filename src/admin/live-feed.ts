import type { LiveCalls, LiveMessage, HealthReport } from './live.js';

/** What the feed needs of a websocket. */
export interface FeedSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  terminate(): void;
}

export interface FeedOptions {
  readonly live: LiveCalls;
  readonly health: () => HealthReport;
  readonly nowWallMs: () => number;
  /** Bytes that a slow reader may leave unread before it is dropped; it reconnects and starts with a snapshot. @defaultValue 1 MB */
  readonly maxBufferedBytes?: number;
}

/** One reader of the live page: the snapshot first, then every event. */
export class LiveFeed {
  readonly #unsubscribe: () => void;
  #health: string;
  #closed = false;

  constructor(
    private readonly socket: FeedSocket,
    private readonly options: FeedOptions,
  ) {
    const health = options.health();
    this.#health = JSON.stringify(health);
    this.#send({ type: 'snapshot', nowWallMs: options.nowWallMs(), health, calls: options.live.snapshot() });
    this.#unsubscribe = options.live.subscribe((event) => this.#send(event));
  }

  /** Sends the health if it is not what this reader knows. */
  refreshHealth(): void {
    const health = this.options.health();
    const text = JSON.stringify(health);
    if (text === this.#health) return;
    this.#health = text;
    this.#send({ type: 'health', health });
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }

  #send(message: LiveMessage): void {
    if (this.#closed) return;
    if (this.socket.bufferedAmount > (this.options.maxBufferedBytes ?? 1_000_000)) {
      this.close();
      this.socket.terminate();
      return;
    }
    this.socket.send(JSON.stringify(message));
  }
}
