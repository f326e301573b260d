/** What stands still when a voice begins, and goes on when it was none. */
export interface Holdable {
  /** Playout that allows barge-in stands still; tells whether there is any. */
  hold(): boolean;
  /** It goes on where it stopped. */
  release(): void;
}

/** So long the bot waits for what it heard to become a voice: 95 of 100 callers are believed by then. */
const HOLD_MS = 240;
/** After a doubt that came to nothing: noise must not make a prompt stutter. */
const REST_MS = 800;

/**
 * The bot’s manners: it stops at the first sign of a voice, before it can be sure, and goes on with the same sample when the
 * sign comes to nothing. So a caller is not talked over while the detector makes up its mind, and a cough costs a prompt a
 * quarter of a second, not its place. Pure.
 *
 * | state | event | next |
 * |---|---|---|
 * | speaking | a first sign | held |
 * | held | believed: the prompt is flushed | speaking |
 * | held | `HOLD_MS` without belief, or nobody listens any more | resting, playout goes on |
 * | resting | `REST_MS` later | speaking |
 */
export class BreathHold {
  #heldSinceMs: number | undefined;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly playout: Holdable) {}

  /** Something that may become a voice. */
  sign(nowMs: number): void {
    if (this.#heldSinceMs === undefined && nowMs >= this.#restsUntilMs && this.playout.hold())
      this.#heldSinceMs = nowMs;
  }

  /** It is a voice: what stood still was flushed. */
  believed(): void {
    this.#heldSinceMs = undefined;
  }

  tick(nowMs: number): void {
    if (this.#heldSinceMs === undefined || nowMs - this.#heldSinceMs < HOLD_MS) return;
    this.#restsUntilMs = nowMs + REST_MS;
    this.letGo();
  }

  /** Whatever it was, nobody asks any more. */
  letGo(): void {
    if (this.#heldSinceMs === undefined) return;
    this.#heldSinceMs = undefined;
    this.playout.release();
  }
}
