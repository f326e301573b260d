/** Failures after which a name has to wait, and for how long: each further one doubles it. */
export const lockoutDefaults = { failures: 5, firstMs: 30_000, longestMs: 900_000, forgetMs: 3_600_000 } as const;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Slows down whoever guesses passwords: counted by user name, in memory. Names that do not exist count too, so that the
 * answer is the same. Pure but for what it remembers, of at most `capacity` names.
 */
export class Lockout {
  readonly #failures = new Map<string, Failures>();

  constructor(private readonly capacity = 10_000) {}

  /** Milliseconds that this name still has to wait; 0: it may try. */
  waitMs(name: string, nowMs: number): number {
    const { count, lastMs } = this.#failures.get(name) ?? { count: 0, lastMs: 0 };
    const { failures, firstMs, longestMs } = lockoutDefaults;
    if (count < failures) return 0;
    return Math.max(0, lastMs + Math.min(longestMs, firstMs * 2 ** (count - failures)) - nowMs);
  }

  failed(name: string, nowMs: number): void {
    const known = this.#failures.get(name);
    const count = known && nowMs - known.lastMs < lockoutDefaults.forgetMs ? known.count : 0;
    this.#failures.delete(name);
    this.#failures.set(name, { count: count + 1, lastMs: nowMs });
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > this.capacity && !oldest.done) this.#failures.delete(oldest.value);
  }

  succeeded(name: string): void {
    this.#failures.delete(name);
  }
}
