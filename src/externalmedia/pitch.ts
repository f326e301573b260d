import { TELEPHONE_RATE_HZ } from './port.js';

/** 5 ms (200 Hz) and 15 ms (66 Hz): the range of pitch periods of G.711 Appendix I. */
export const MIN_PITCH_SAMPLES = (5 * TELEPHONE_RATE_HZ) / 1_000;
export const MAX_PITCH_SAMPLES = (15 * TELEPHONE_RATE_HZ) / 1_000;

/** 20 ms: what is compared with itself. */
const WINDOW_SAMPLES = (20 * TELEPHONE_RATE_HZ) / 1_000;
/** Every second sample and lag first, then the neighbours of the best one: a quarter of the work. */
const COARSE = 2;
/** Power per sample below which a window tells nothing: otherwise silence would correlate with anything. */
const MIN_POWER = 250;

/**
 * The pitch period at the end of `history`, in samples: the lag at which its last 20 ms match what was before best
 * (normalised cross-correlation, G.711 Appendix I.2.3). `history` holds at least 280 samples.
 */
export function pitchPeriod(history: Int16Array): number {
  let best = MAX_PITCH_SAMPLES;
  let bestMatch = Number.NEGATIVE_INFINITY;
  for (let lag = MIN_PITCH_SAMPLES; lag <= MAX_PITCH_SAMPLES; lag += COARSE) {
    const match = similarity(history, lag, COARSE);
    if (match > bestMatch) {
      bestMatch = match;
      best = lag;
    }
  }
  const from = Math.max(MIN_PITCH_SAMPLES, best - COARSE + 1);
  const to = Math.min(MAX_PITCH_SAMPLES, best + COARSE - 1);
  bestMatch = Number.NEGATIVE_INFINITY;
  for (let lag = from; lag <= to; lag++) {
    const match = similarity(history, lag, 1);
    if (match > bestMatch) {
      bestMatch = match;
      best = lag;
    }
  }
  return best;
}

function similarity(history: Int16Array, lag: number, step: number): number {
  const end = history.length;
  let product = 0;
  let power = 0;
  for (let i = end - WINDOW_SAMPLES; i < end; i += step) {
    const before = history[i - lag] ?? 0;
    product += (history[i] ?? 0) * before;
    power += before * before;
  }
  return product / Math.sqrt(Math.max(power, (MIN_POWER * WINDOW_SAMPLES) / step));
}
