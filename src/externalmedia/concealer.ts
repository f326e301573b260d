import { FRAME_SAMPLES } from './port.js';

/** Full level for the first lost frame, then down by a fifth with each (the slope of G.711 Appendix I), then silence. */
const FADE_PER_FRAME = 0.2;

/**
 * Fills the place of lost packets: the last good frame again, fading linearly to silence over 100 ms. The place where
 * the pitch-based concealment of G.711 Appendix I belongs.
 */
export class LossConcealer {
  readonly #last = new Int16Array(FRAME_SAMPLES);
  #level = 0;

  /** Remembers the end of what was received. */
  good(samples: Int16Array): void {
    if (samples.length >= FRAME_SAMPLES) this.#last.set(samples.subarray(samples.length - FRAME_SAMPLES));
    else {
      this.#last.copyWithin(0, samples.length);
      this.#last.set(samples, FRAME_SAMPLES - samples.length);
    }
    this.#level = 1;
  }

  /** Writes one frame of 160 samples in place of a lost one. */
  conceal(into: Int16Array): void {
    const end = Math.max(0, this.#level - FADE_PER_FRAME);
    const step = (end - this.#level) / FRAME_SAMPLES;
    for (let i = 0; i < FRAME_SAMPLES; i++) into[i] = (this.#last[i] ?? 0) * (this.#level + step * i);
    this.#level = end;
  }

  reset(): void {
    this.#level = 0;
  }
}
