import type { Clock } from '../kernel/clock.js';
import type { DeadlineTimer } from './deadline-timer.js';
import { LatenessHistogram } from './lateness.js';
import { FRAME_MS } from './port.js';

/** The most frames that are sent at once to catch up. More would only fill the receiver's jitter buffer. */
export const MAX_BURST_FRAMES = 3;

/** A frame has so many phases, 2.5 ms apart, and each leg one of them: not all packets leave at once. */
export const PHASES = 8;

/** What to do at one waking of the pacer. */
export interface PacerStep {
  /** Frames to send now, 0 to `MAX_BURST_FRAMES`. */
  readonly frames: number;
  /** Frames of time that passed without a packet and stay so. */
  readonly skipped: number;
}

/**
 * The timeline of a 20 ms clock, apart from its timer: frame n is due at `start + n × 20 ms`, whatever happened to the
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

/** What is paced. It must not throw. */
export interface Paced {
  /** The legs of `phase` are due. */
  phase(phase: number, step: PacerStep): void;
  /** At each waking: take what has come. */
  read(): void;
}

/**
 * One absolute-deadline clock for all legs of a thread: timelines an eighth of a frame apart. What has come is read when the
 * packets have left, and makes none of them late; but after a stall it is read first, or what waits in a socket would be taken
 * for lost.
 */
export class Pacer {
  /** How late the last packet of each phase left: no leg's was later. */
  readonly lateness = new LatenessHistogram();
  #timelines: readonly PacerTimeline[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly timer: DeadlineTimer,
    private readonly paced: Paced,
  ) {}

  /** Begins, from now. Without effect while it runs. */
  start(): void {
    if (this.#timelines.length > 0) return;
    const startMs = this.clock.nowMs();
    this.#timelines = Array.from(
      { length: PHASES },
      (_, phase) => new PacerTimeline(startMs + (phase * FRAME_MS) / PHASES),
    );
    this.#schedule();
  }

  stop(): void {
    this.#timelines = [];
    this.timer.stop();
  }

  #schedule(): void {
    if (this.#timelines.length > 0) this.timer.wakeAt(this.#nextDueMs(), () => this.#wake());
  }

  #nextDueMs(): number {
    return this.#timelines.reduce((least, { nextDueMs }) => Math.min(least, nextDueMs), Number.POSITIVE_INFINITY);
  }

  #wake(): void {
    const isStalled = this.clock.nowMs() - this.#nextDueMs() >= FRAME_MS;
    if (isStalled) this.paced.read();
    this.#timelines.forEach((timeline, phase) => {
      const dueMs = timeline.nextDueMs;
      // Timers of whole milliseconds may fire a moment early: then nothing is due and the rest is waited for.
      const step = timeline.step(this.clock.nowMs());
      if (step.frames === 0) return;
      this.paced.phase(phase, step);
      this.lateness.add(this.clock.nowMs() - dueMs);
    });
    if (!isStalled) this.paced.read();
    this.#schedule();
  }
}
