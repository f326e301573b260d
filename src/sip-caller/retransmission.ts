import type { Cancel, Clock } from '../kernel/clock.js';

/** RFC 3261, 17.1.1.1: the estimate of a round trip. */
export const T1_MS = 500;
/** RFC 3261: the longest pause between two sendings of a request other than INVITE. */
export const T2_MS = 4_000;
/** RFC 3261, timers B and F. */
export const GIVE_UP_MS = 64 * T1_MS;

export interface RetransmissionOptions {
  readonly clock: Clock;
  readonly send: () => void;
  /** Nothing came back in `GIVE_UP_MS`. */
  readonly onTimeout: () => void;
  /** `Infinity` for INVITE, T2 for everything else. */
  readonly capMs: number;
}

/** Sends at once, then after T1, 2 T1, 4 T1 … until it is stopped or gives up. */
export class Retransmission {
  #cancel: Cancel | undefined;
  readonly #startedMs: number;

  constructor(private readonly options: RetransmissionOptions) {
    this.#startedMs = options.clock.nowMs();
    options.send();
    this.#schedule(T1_MS);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(pauseMs: number): void {
    const { clock, capMs } = this.options;
    const leftMs = this.#startedMs + GIVE_UP_MS - clock.nowMs();
    this.#cancel = clock.after(Math.min(pauseMs, leftMs), () => {
      if (pauseMs >= leftMs) return this.options.onTimeout();
      this.options.send();
      this.#schedule(Math.min(2 * pauseMs, capMs));
    });
  }
}
