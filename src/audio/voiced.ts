/**
 * Where a recording is voiced, judged by energy alone: windows of 5 ms whose RMS lies above a fixed level. A window counts
 * only in company (`ENOUGH` of the `SPAN` windows from it on, or up to it), so that a click is no speech.
 *
 * All audio is PCM16 mono at 8,000 Hz.
 */
export const VOICED_WINDOW_MS = 5;
export const VOICED_WINDOW_SAMPLES = 40;
/** Telephone speech lies around -20 dBFS, line noise and comfort noise below -50. */
export const VOICED_DBFS = -40;
const SPAN = 6;
const ENOUGH = 3;

const FULL_SCALE = 32_768;

/** RMS level of `samples[start … end)` in dB relative to a full-scale square wave; -Infinity for digital silence. */
export function levelDbfs(samples: Int16Array, start = 0, end = samples.length): number {
  let energy = 0;
  for (let i = start; i < end; i++) energy += (samples[i] ?? 0) ** 2;
  return end > start ? 10 * Math.log10(energy / (end - start) / FULL_SCALE ** 2) : -Infinity;
}

/** One flag a window of 5 ms, the last window may be shorter. */
export function voicedWindows(samples: Int16Array, thresholdDbfs = VOICED_DBFS): boolean[] {
  const flags: boolean[] = [];
  for (let start = 0; start < samples.length; start += VOICED_WINDOW_SAMPLES) {
    const end = Math.min(start + VOICED_WINDOW_SAMPLES, samples.length);
    flags.push(levelDbfs(samples, start, end) > thresholdDbfs);
  }
  return flags;
}

/** Index of the first flag from `from` on that begins voice, as opposed to a click. */
export function firstVoicedWindow(flags: readonly boolean[], from = 0): number | undefined {
  for (let i = Math.max(0, from); i < flags.length; i++) {
    if (flags[i] && count(flags, i, i + SPAN) >= ENOUGH) return i;
  }
  return undefined;
}

/** Index of the last flag that ends voice, as opposed to a click. */
export function lastVoicedWindow(flags: readonly boolean[]): number | undefined {
  for (let i = flags.length - 1; i >= 0; i--) {
    if (flags[i] && count(flags, i - SPAN + 1, i + 1) >= ENOUGH) return i;
  }
  return undefined;
}

/** The last voiced sample of a recording, to 5 ms; `undefined` when nothing in it is voiced. */
export function lastVoicedSample(samples: Int16Array, thresholdDbfs = VOICED_DBFS): number | undefined {
  const window = lastVoicedWindow(voicedWindows(samples, thresholdDbfs));
  return window === undefined ? undefined : Math.min((window + 1) * VOICED_WINDOW_SAMPLES, samples.length) - 1;
}

/** How far above what is heard behind it a voice must lie to be told from it. */
const ABOVE_NOISE_DB = 6;

/**
 * The last voiced sample of an utterance that was cut out of a noisy line: what counts lies above `VOICED_DBFS` and above the
 * middle level of what is heard from `quietFrom` on, where nobody speaks any more. To 5 ms.
 *
 * @returns `undefined` when the voice does not rise above that
 */
export function voiceEnd(samples: Int16Array, quietFrom: number): number | undefined {
  const levels: number[] = [];
  for (
    let start = Math.max(0, quietFrom);
    start + VOICED_WINDOW_SAMPLES <= samples.length;
    start += VOICED_WINDOW_SAMPLES
  )
    levels.push(levelDbfs(samples, start, start + VOICED_WINDOW_SAMPLES));
  const noiseDb = levels.sort((a, b) => a - b)[Math.floor(levels.length / 2)] ?? -Infinity;
  return lastVoicedSample(samples, Math.max(VOICED_DBFS, noiseDb + ABOVE_NOISE_DB));
}

/** A stretch of voice, in windows: `[from, to)`. */
export interface VoicedSpan {
  readonly from: number;
  readonly to: number;
}

/** The stretches of voice, joined over pauses shorter than `pauseMs`. */
export function voicedSpans(flags: readonly boolean[], pauseMs: number): VoicedSpan[] {
  const pause = pauseMs / VOICED_WINDOW_MS;
  const spans: VoicedSpan[] = [];
  let start = firstVoicedWindow(flags);
  while (start !== undefined) {
    let to = start + 1;
    for (let i = to; i < flags.length && i - to < pause; i++) if (flags[i]) to = i + 1;
    spans.push({ from: start, to });
    start = firstVoicedWindow(flags, to);
  }
  return spans;
}

function count(flags: readonly boolean[], from: number, to: number): number {
  let voiced = 0;
  for (let i = Math.max(0, from); i < to; i++) if (flags[i]) voiced++;
  return voiced;
}
