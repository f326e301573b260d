/** About 0.5 % of full scale (-46 dBFS): below it a caller hears silence. */
const AUDIBLE_LEVEL = 164;

export function isAudible(sample: number): boolean {
  return Math.abs(sample) >= AUDIBLE_LEVEL;
}

/** Index of the first audible sample at or after `from` and before `end`, or -1. */
export function firstAudible(samples: Int16Array, from = 0, end = samples.length): number {
  for (let i = from; i < end; i++) if (Math.abs(samples[i] ?? 0) >= AUDIBLE_LEVEL) return i;
  return -1;
}

/** Index of the last audible sample, or -1. */
export function lastAudible(samples: Int16Array): number {
  for (let i = samples.length - 1; i >= 0; i--) if (Math.abs(samples[i] ?? 0) >= AUDIBLE_LEVEL) return i;
  return -1;
}
