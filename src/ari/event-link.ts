import type { Cancel, Clock } from '../kernel/clock.js';
import { type BackoffOptions, defaultBackoff, reconnectDelayMs } from './reconnect.js';

/** One websocket, from the first byte to the last. */
export interface EventSocket {
  ping(): void;
  /** Ends it at once. No handler is called any more. */
  discard(): void;
  /** Ends it politely (close frame). No handler is called any more. */
  close(): void;
}

export interface EventSocketHandlers {
  onOpen(): void;
  onMessage(text: string): void;
  onPong(): void;
  /** Called once at most, also when it never opened. `status` is the HTTP status of a refused upgrade. */
  onClosed(reason: string, status?: number): void;
}

export type OpenEventSocket = (handlers: EventSocketHandlers) => EventSocket;

export interface EventLinkTimes {
  /** How long one try may take. @defaultValue 2000 */
  readonly connectTimeoutMs: number;
  /** Distance of two pings. @defaultValue 5000 */
  readonly heartbeatMs: number;
  /** How long a pong may take before the socket counts as half-open. @defaultValue 2000 */
  readonly pongDeadlineMs: number;
  readonly backoff: BackoffOptions;
}

export const defaultLinkTimes = {
  connectTimeoutMs: 2_000,
  heartbeatMs: 5_000,
  pongDeadlineMs: 2_000,
  backoff: defaultBackoff,
} as const satisfies EventLinkTimes;

export interface EventLinkHandlers {
  onUp(): void;
  onDown(reason: string): void;
  onMessage(text: string): void;
  /** A try failed; the next comes after `nextTryMs`. */
  onRetry(failure: LinkFailure, nextTryMs: number): void;
}

export interface LinkFailure {
  readonly reason: string;
  /** HTTP status, when Asterisk refused the upgrade. */
  readonly status?: number;
  /** The peer was silent: it may still find what we sent, later. */
  readonly silent: boolean;
}

export type EventLinkState = 'idle' | 'connecting' | 'connected' | 'waiting' | 'closed';

/**
 * The supervised event websocket: comes back for ever, and notices a dead peer by itself.
 *
 *     idle ── start ──▶ connecting ── open ──▶ connected
 *                        ▲   │ fails, too late     │ closed, or a ping without pong
 *                 due    │   ▼                     │
 *                        └─ waiting ◀──────────────┘            any ── close ──▶ closed
 *
 * There is one socket at a time, and what a discarded socket still has to say is not heard: no event comes twice.
 */
export class EventLink {
  #state: EventLinkState = 'idle';
  #socket: EventSocket | undefined;
  #attempt = 0;
  #upSinceMs = 0;
  readonly #timers = new Set<Cancel>();
  #cancelPongDeadline: Cancel | undefined;

  constructor(
    private readonly open: OpenEventSocket,
    private readonly handlers: EventLinkHandlers,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly times: EventLinkTimes = defaultLinkTimes,
  ) {}

  get state(): EventLinkState {
    return this.#state;
  }

  /** @throws Error when it was started or closed before */
  start(): void {
    if (this.#state !== 'idle') throw new Error(`an event link cannot start when ${this.#state}`);
    this.#connect();
  }

  /** Idempotent. No handler is called afterwards. */
  close(): void {
    const socket = this.#release();
    const wasConnected = this.#state === 'connected';
    this.#state = 'closed';
    if (wasConnected) socket?.close();
    else socket?.discard();
  }

  /** Gives the present socket up and opens a new one, as if it had been lost. Without effect when not connected. */
  renew(reason: string): void {
    if (this.#state === 'connected') this.#lost({ reason, silent: false });
  }

  #connect(): void {
    this.#state = 'connecting';
    const isCurrent = (): boolean => this.#socket === socket;
    const socket = this.open({
      onOpen: () => isCurrent() && this.#opened(),
      onMessage: (text) => isCurrent() && this.#state === 'connected' && this.handlers.onMessage(text),
      onPong: () => isCurrent() && this.#ponged(),
      onClosed: (reason, status) =>
        isCurrent() && this.#lost(status === undefined ? { reason, silent: false } : { reason, status, silent: false }),
    });
    this.#socket = socket;
    const { connectTimeoutMs } = this.times;
    this.#after(connectTimeoutMs, () =>
      this.#lost({ reason: `no websocket within ${connectTimeoutMs} ms`, silent: true }),
    );
  }

  #opened(): void {
    this.#cancelTimers();
    this.#state = 'connected';
    this.#upSinceMs = this.clock.nowMs();
    this.#after(this.times.heartbeatMs, () => this.#beat());
    this.handlers.onUp();
  }

  #beat(): void {
    const { heartbeatMs, pongDeadlineMs } = this.times;
    this.#cancelPongDeadline = this.#after(pongDeadlineMs, () =>
      this.#lost({ reason: `no answer to a ping within ${pongDeadlineMs} ms`, silent: true }),
    );
    this.#after(heartbeatMs, () => this.#beat());
    this.#socket?.ping();
  }

  #ponged(): void {
    this.#cancelPongDeadline?.();
    this.#cancelPongDeadline = undefined;
  }

  #lost(failure: LinkFailure): void {
    const wasConnected = this.#state === 'connected';
    this.#release()?.discard();
    // Only a connection that held starts the count anew: one that breaks at once must not be retried at full speed.
    if (wasConnected && this.clock.nowMs() - this.#upSinceMs >= this.times.heartbeatMs) this.#attempt = 0;
    const delayMs = reconnectDelayMs(this.#attempt++, this.random(), this.times.backoff);
    this.#state = 'waiting';
    this.#after(delayMs, () => this.#connect());
    if (wasConnected) this.handlers.onDown(failure.reason);
    // The owner may have closed us in onDown.
    if (this.state === 'waiting') this.handlers.onRetry(failure, delayMs);
  }

  #release(): EventSocket | undefined {
    this.#cancelTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    return socket;
  }

  #after(delayMs: number, task: () => void): Cancel {
    const cancel = this.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      task();
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#cancelPongDeadline = undefined;
  }
}
