import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';

/** PCM16 mono at 8,000 Hz as an endpointer would cut it, made louder, noisier or joined. Pure. */
const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
const WINDOW_SAMPLES = 80;
/** Of the loudest window, above which one counts as speech; and the least level that does. */
const VOICED_SHARE = 0.03;
const VOICED_LEVEL = 30;

/** What media keeps before the speech, and the silence after which recognition starts. */
export const LEAD_MS = 300;
export const TAIL_MS = 140;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function silence(ms: number): Int16Array {
  return new Int16Array(Math.round(ms * SAMPLES_PER_MS));
}

export function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** From `leadMs` before the first voiced window to `tailMs` behind the last, as far as the recording goes. */
export function trimmed(samples: Int16Array, leadMs: number, tailMs: number): Int16Array {
  const levels = Array.from({ length: Math.floor(samples.length / WINDOW_SAMPLES) }, (_, index) =>
    meanLevel(samples.subarray(index * WINDOW_SAMPLES, (index + 1) * WINDOW_SAMPLES)),
  );
  const floor = Math.max(VOICED_LEVEL, VOICED_SHARE * Math.max(0, ...levels));
  const first = levels.findIndex((level) => level > floor);
  const last = levels.findLastIndex((level) => level > floor);
  if (first < 0) return new Int16Array(0);
  const from = Math.max(0, first * WINDOW_SAMPLES - leadMs * SAMPLES_PER_MS);
  return samples.slice(from, (last + 1) * WINDOW_SAMPLES + tailMs * SAMPLES_PER_MS);
}

/** With noise from `offset` on (it goes round), `snrDb` below the voiced part of the speech. */
export function noisy(samples: Int16Array, noise: Int16Array, snrDb: number, offset: number): Int16Array {
  const part = Int16Array.from(samples, (_, index) => noise[(offset + index) % noise.length] ?? 0);
  const voiced = samples.filter((sample) => Math.abs(sample) > 0.01 * 32_768);
  const gain = Math.sqrt(power(voiced) / Math.max(1, power(part)) / 10 ** (snrDb / 10));
  return samples.map((sample, index) => Math.max(-32_768, Math.min(32_767, sample + gain * (part[index] ?? 0))));
}

function power(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
}

function meanLevel(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;
}
