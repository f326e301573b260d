/** How many bad answers open a breaker, and when it is tried again. */
export interface BreakerOptions {
  /** Answers older than this say nothing any more. @defaultValue 30000 */
  readonly windowMs: number;
  /** So many bad answers within the window at least. @defaultValue 3 */
  readonly failures: number;
  /** And at least this share of all answers in it. @defaultValue 0.5 */
  readonly share: number;
  /** First wait before a probe; doubled after each probe that fails. @defaultValue 2000 */
  readonly restMs: number;
  /** @defaultValue 30000 */
  readonly maxRestMs: number;
}

export const breakerDefaults = {
  windowMs: 30_000,
  failures: 3,
  share: 0.5,
  restMs: 2_000,
  maxRestMs: 30_000,
} as const satisfies BreakerOptions;

export type BreakerState = 'closed' | 'open' | 'half-open';

interface Answer {
  readonly atMs: number;
  readonly good: boolean;
}

/**
 * A circuit breaker: judges a component by its last answers, so that no caller waits for one that has been late or wrong
 * again and again. Pure: the owner tells answers and time, and makes the probes.
 *
 *     closed ── bad answers ──▶ open ── the rest is over ──▶ half-open
 *       ▲                         ▲────── probe fails ──────────│
 *       └──────────────────── probe succeeds ───────────────────┘
 *
 * Callers use it while it is closed. Half-open belongs to the probe alone; what a caller's earlier request still brings
 * changes nothing then.
 */
export class Breaker {
  #state: BreakerState = 'closed';
  #answers: Answer[] = [];
  #restMs: number;
  #openedAtMs = 0;

  constructor(private readonly options: BreakerOptions = breakerDefaults) {
    this.#restMs = options.restMs;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How long until the next probe; 0 unless open. */
  leftMs(nowMs: number): number {
    return this.#state === 'open' ? Math.max(0, this.#openedAtMs + this.#restMs - nowMs) : 0;
  }

  /** A caller's request was answered in time and well, or not. */
  answered(good: boolean, nowMs: number): void {
    if (this.#state !== 'closed') return;
    const { windowMs, failures, share } = this.options;
    this.#answers = [...this.#answers, { atMs: nowMs, good }].filter(({ atMs }) => nowMs - atMs < windowMs);
    const bad = this.#answers.filter((answer) => !answer.good).length;
    if (bad >= failures && bad >= share * this.#answers.length) this.#open(nowMs);
  }

  /** The component was started anew: the rest is over. */
  renewed(): void {
    this.#openedAtMs = -Infinity;
  }

  /** Takes the right to probe; false while it is closed, rests, or is being probed. */
  beginProbe(nowMs: number): boolean {
    if (this.#state !== 'open' || this.leftMs(nowMs) > 0) return false;
    this.#state = 'half-open';
    return true;
  }

  /** @throws Error when nobody probes */
  probed(good: boolean, nowMs: number): void {
    if (this.#state !== 'half-open') throw new Error(`a ${this.#state} breaker has no probe`);
    if (good) {
      this.#state = 'closed';
      this.#answers = [];
      this.#restMs = this.options.restMs;
    } else {
      this.#restMs = Math.min(2 * this.#restMs, this.options.maxRestMs);
      this.#open(nowMs);
    }
  }

  #open(nowMs: number): void {
    this.#state = 'open';
    this.#openedAtMs = nowMs;
  }
}
