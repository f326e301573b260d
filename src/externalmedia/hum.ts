import { VAD_WINDOW_SAMPLES, type VoiceWindow } from './vad/port.js';

/** Below this brightness a window is dark: little but its lowest tones. */
const DARK = 0.08;
/** The brightness of a hum stays within this from one window to the next; that of a word that begins softly moves by 0.04. */
const STEADY = 0.015;

/**
 * Tells the hums that listeners make, “mm-hm”, from words: a hum through the nose is dark, and stays as it is. The first
 * window of a dark sound is a hum until the next one tells. Pure.
 */
export class HumEar {
  /** Of the last window that may have been a voice. */
  #startSample = Number.NEGATIVE_INFINITY;
  #brightness = 0;

  /** @param window that may be a voice */
  isHum({ startSample, brightness }: VoiceWindow): boolean {
    const isNext = startSample - this.#startSample === VAD_WINDOW_SAMPLES;
    const moves = isNext && Math.abs(brightness - this.#brightness) >= STEADY;
    this.#startSample = startSample;
    this.#brightness = brightness;
    return brightness < DARK && !moves;
  }
}
