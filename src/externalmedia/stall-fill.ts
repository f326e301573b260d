import { FRAME_MS, FRAME_SAMPLES } from './port.js';

const silence = new Int16Array(FRAME_SAMPLES);

/**
 * Fills the time in which nothing comes with silence, so that whoever listens sees time pass (Asterisk sends nothing for
 * about 200 ms during a key press). Begins two frames after the last audio, and later where late packets are waited for.
 */
export class StallFill {
  /** NaN before the first: a field that is always a number is written without allocation. */
  #lastAudioMs = Number.NaN;
  /** Silence handed on since the last audio because nothing came. */
  #samples = 0;

  constructor(private readonly onSilence: (samples: Int16Array, nowMs: number) => void) {}

  /** How long ago audio came; 0 when it never did. */
  sinceAudioMs(nowMs: number): number {
    return Number.isNaN(this.#lastAudioMs) ? 0 : Math.max(0, nowMs - this.#lastAudioMs);
  }

  get samples(): number {
    return this.#samples;
  }

  /** Audio came. */
  heard(nowMs: number): void {
    this.#lastAudioMs = nowMs;
    this.#samples = 0;
  }

  /** Part of the silence turned out to stand for packets that were lost. */
  standsFor(samples: number): void {
    this.#samples -= samples;
  }

  /** Once a frame. `waitMs`: how long a late packet is waited for. */
  tick(nowMs: number, waitMs: number): void {
    if (Number.isNaN(this.#lastAudioMs)) return;
    const owed = Math.floor((nowMs - this.#lastAudioMs - 2 * FRAME_MS - waitMs) / FRAME_MS) * FRAME_SAMPLES;
    // At most a few frames a tick: after a stall of our own the time is not made up for.
    for (let n = 0; n < 3 && this.#samples < owed; n++) {
      this.#samples += FRAME_SAMPLES;
      this.onSilence(silence, nowMs);
    }
    if (this.#samples < owed) this.#samples = owed;
  }
}
