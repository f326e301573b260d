/**
 * - `unleased`: no Handrail has ever served this name here. Whatever is in the application belongs to somebody else.
 * - `serving`: the lease moved a moment ago.
 * - `silent`: it has stood still for so long that the controller is dead, or its main thread hangs, which is the same.
 */
export type Verdict = 'unleased' | 'serving' | 'silent';

/**
 * Judges a controller by its lease, a global variable of Asterisk that it renews every second from its main thread.
 *
 *     unleased ── a first lease ──▶ serving ── still for `afterMs` ──▶ silent
 *                                     ▲────────── any other lease ───────┘
 *
 * Only time that was watched counts: two readings that lie far apart say little about what was between them. Asterisk may
 * have hung with the controller's renewals in its queue, or this process may have been starved itself.
 */
export class LeaseWatch {
  #lease: string | undefined;
  #stillMs = 0;
  #readAtMs: number | undefined;

  /**
   * @param afterMs still for so long is dead
   * @param mostStepMs how much two readings in a row may add to that
   */
  constructor(
    private readonly afterMs: number,
    private readonly mostStepMs: number,
  ) {}

  /**
   * @param lease as Asterisk has it; empty when it has none
   * @param atMs when it was read, on a monotonic clock
   */
  read(lease: string, atMs: number): Verdict {
    const afterGap = this.#readAtMs === undefined;
    const stepMs = Math.min(atMs - (this.#readAtMs ?? atMs), this.mostStepMs);
    this.#readAtMs = atMs;
    if (lease === '') {
      // An Asterisk that was away and has no lease was restarted: nothing of before is left in it. One that was there all
      // the time has lost its variables by a reload of the dialplan: a living controller writes it again at once.
      if (afterGap) this.#lease = undefined;
      if (this.#lease === undefined) return 'unleased';
    } else if (lease !== this.#lease) {
      // Another holder, a count that began anew, the word of a controller that went in order: each is a change.
      this.#lease = lease;
      this.#stillMs = 0;
      return 'serving';
    }
    this.#stillMs += stepMs;
    return this.#stillMs >= this.afterMs ? 'silent' : 'serving';
  }

  /** Asterisk could not be read: the controller could not renew either, so the watch begins anew. */
  away(): void {
    this.#readAtMs = undefined;
    this.#stillMs = 0;
  }

  /** How long the lease must still stand still; 0 once it is silent. */
  get leftMs(): number {
    return Math.max(0, this.afterMs - this.#stillMs);
  }
}
