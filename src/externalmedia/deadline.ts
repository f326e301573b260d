/** What the deadline looks at, at one moment. */
export interface DeadlineView {
  /** The caller is speaking (not: pausing). */
  readonly speaking: boolean;
  /** Something audible is playing or queued. */
  readonly audible: boolean;
  /** The last that an ear heard of the caller in the turn of this deadline. */
  readonly lastVoicedMs: number | undefined;
  /** When the last audible frame left. */
  readonly audibleEndMs: number | undefined;
}

export interface DeadlineTerms {
  readonly afterMs: number;
  /** Since when the caller waits who does not have to say anything more; absent: the deadline waits for speech. */
  readonly waitingSinceMs?: number;
}

/**
 * The turn deadline: nobody hears more than `afterMs` of unexplained silence.
 *
 * | the caller, in this turn | silence counts from |
 * |---|---|
 * | has not spoken | never: the deadline waits for speech |
 * | has not spoken, but waits | `waitingSinceMs`, or the end of what was audible after it |
 * | speaks | held back |
 * | has spoken | the last voiced sample, or the end of what was audible after it |
 *
 * While something audible is playing or queued it is held back. It fires once and is then disarmed.
 */
export class Deadline<Terms extends DeadlineTerms> {
  #terms: Terms | undefined;

  /** Arms, replaces, or with `undefined` disarms. */
  arm(terms: Terms | undefined): void {
    this.#terms = terms;
  }

  get terms(): Terms | undefined {
    return this.#terms;
  }

  /** When it would fire if nothing changed, or `undefined` while it is unarmed, waits for speech or is held back. */
  dueMs(view: DeadlineView): number | undefined {
    const terms = this.#terms;
    if (!terms || view.speaking || view.audible) return undefined;
    const silentSinceMs = view.lastVoicedMs ?? terms.waitingSinceMs;
    if (silentSinceMs === undefined) return undefined;
    return Math.max(silentSinceMs, view.audibleEndMs ?? silentSinceMs) + terms.afterMs;
  }

  /** Disarms and returns the terms when it is time. */
  check(nowMs: number, view: DeadlineView): Terms | undefined {
    const dueMs = this.dueMs(view);
    if (dueMs === undefined || nowMs < dueMs) return undefined;
    const terms = this.#terms;
    this.#terms = undefined;
    return terms;
  }
}
