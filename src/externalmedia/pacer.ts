import type { Cancel, Clock } from '../kernel/clock.js';
import { LatenessHistogram } from './lateness.js';
import { FRAME_MS } from './port.js';

/** The most frames that are sent at once to catch up. More would only fill the receiver's jitter buffer. */
export const MAX_BURST_FRAMES = 3;

/** What to do at one waking of the pacer. */
export interface PacerStep {
  /** Frames to send now, 0 to `MAX_BURST_FRAMES`. */
  readonly frames: number;
  /** Frames of time that passed without a packet and stay so. */
  readonly skipped: number;
}

/**
 * The timeline of the 20 ms clock, apart from its timer: frame n is due at `start + n × 20 ms`, whatever happened to the
 * frames before it, so that lateness never adds up to drift. Woken late by up to three frames, it sends them all at once;
 * after a longer stall it sends one and skips the rest: the timestamps go on, nothing is burst, queued audio is delayed
 * rather than cut.
 */
export class PacerTimeline {
  #frame = 0;

  constructor(private readonly startMs: number) {}

  get nextDueMs(): number {
    return this.startMs + this.#frame * FRAME_MS;
  }

  step(nowMs: number): PacerStep {
    const due = Math.floor((nowMs - this.nextDueMs) / FRAME_MS) + 1;
    if (due <= 0) return { frames: 0, skipped: 0 };
    this.#frame += due;
    return due <= MAX_BURST_FRAMES ? { frames: due, skipped: 0 } : { frames: 1, skipped: due - 1 };
  }
}

/** One absolute-deadline clock for all legs of a thread. */
export class Pacer {
  readonly lateness = new LatenessHistogram();
  readonly #timeline: PacerTimeline;
  #cancel: Cancel | undefined;
  #stopped = false;

  /** @param onStep called at every due time; it must not throw */
  constructor(
    private readonly clock: Clock,
    private readonly onStep: (step: PacerStep, nowMs: number) => void,
  ) {
    this.#timeline = new PacerTimeline(clock.nowMs());
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(): void {
    if (!this.#stopped)
      this.#cancel = this.clock.after(this.#timeline.nextDueMs - this.clock.nowMs(), () => this.#wake());
  }

  #wake(): void {
    const nowMs = this.clock.nowMs();
    // Timers of whole milliseconds may fire a moment early: then nothing is due and the rest is waited for.
    const lateMs = nowMs - this.#timeline.nextDueMs;
    const step = this.#timeline.step(nowMs);
    if (step.frames > 0) {
      this.lateness.add(lateMs);
      this.onStep(step, nowMs);
    }
    this.#schedule();
  }
}
