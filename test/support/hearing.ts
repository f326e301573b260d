/**
 * Whether a known piece of speech was heard in a recording. Coarse by the course of the level (one value each 5 ms), then
 * fine by the waveform itself, so that another sentence of the same voice is never taken for it. Samples are PCM16 at
 * 8,000 Hz.
 */
const WINDOW_SAMPLES = 40;
const SAMPLES_PER_MS = 8;
const CHUNK_SAMPLES = 800;
/** Stretches of the wanted speech that are looked for by their level: if a late packet broke one, another is whole. */
const ANCHORS_MS = [0, 400, 800] as const;
const ANCHOR_MS = 500;
/** Places where an anchor's level fits best, to be compared by waveform. */
const CANDIDATES = 8;
const CHUNK_ALIKE = 0.8;
/** A chunk that a late packet has broken is forgiven, as long as most of them fit. */
const CHUNKS_ALIKE = 0.7;
/** So much may a late packet, or one that never came, shift what follows. A phone's own buffer does the same. */
const MOST_SHIFTED_SAMPLES = 800;
/** Enough of a chunk to find its place; the whole of it is compared afterwards. */
const PROBE_SAMPLES = 160;
/** Louder than this RMS a chunk is speech and can be compared. */
const SPEECH_RMS = 150;

/**
 * @param limitMs how much of the beginning of `wanted` must have been heard; callers interrupt
 * @returns where it begins, in milliseconds from the start of `heard`
 */
export function findSpeech(heard: Int16Array, wanted: Int16Array, limitMs = 1_500): number | undefined {
  const quiet = leadingSilence(wanted);
  // The silence at its end need not be heard: who speaks last hangs up in it.
  const snippet = wanted.subarray(quiet, Math.min(quiet + limitMs * SAMPLES_PER_MS, endOfVoice(wanted)));
  const heardLevels = levels(heard);
  for (const anchorMs of ANCHORS_MS) {
    const from = anchorMs * SAMPLES_PER_MS;
    const anchor = snippet.subarray(from, from + ANCHOR_MS * SAMPLES_PER_MS);
    if (loudChunks(anchor).length === 0) continue;
    for (const place of placesByLevel(heardLevels, levels(anchor))) {
      const begin = beginByWaveform(heard, snippet, from, place * WINDOW_SAMPLES);
      if (begin === undefined || begin + snippet.length > heard.length) continue;
      if (shareAlike(heard, snippet, begin) >= CHUNKS_ALIKE) return (begin - quiet) / SAMPLES_PER_MS;
    }
  }
  return undefined;
}

function placesByLevel(heard: Int16Array, wanted: Int16Array): number[] {
  const scores: { at: number; score: number }[] = [];
  for (let at = 0; at + wanted.length <= heard.length; at++)
    scores.push({ at, score: correlation(heard, at, wanted, 0, wanted.length) });
  return scores
    .sort((a, b) => b.score - a.score)
    .slice(0, CANDIDATES)
    .map(({ at }) => at);
}

/** Where `wanted` would have begun if its part from `from` on was heard at `place`; undefined when it was not. */
function beginByWaveform(heard: Int16Array, wanted: Int16Array, from: number, place: number): number | undefined {
  const loud = loudChunks(wanted).find((at) => at >= from) ?? from;
  const found = bestNear(heard, wanted, loud, place + loud - from, 2 * WINDOW_SAMPLES);
  return found.score >= CHUNK_ALIKE ? found.at - loud : undefined;
}

/** Follows the waveform chunk by chunk. */
function shareAlike(heard: Int16Array, wanted: Int16Array, begin: number): number {
  const loud = loudChunks(wanted);
  let shift = 0;
  let alike = 0;
  for (const from of loud) {
    const at = begin + from + shift;
    const straight = correlation(heard, at, wanted, from, CHUNK_SAMPLES);
    const found =
      straight >= CHUNK_ALIKE ? { at, score: straight } : bestNear(heard, wanted, from, at, MOST_SHIFTED_SAMPLES);
    if (found.score < CHUNK_ALIKE) continue;
    alike += 1;
    shift = found.at - begin - from;
  }
  return loud.length === 0 ? 0 : alike / loud.length;
}

function bestNear(
  heard: Int16Array,
  wanted: Int16Array,
  from: number,
  near: number,
  reach: number,
): { at: number; score: number } {
  let at = near;
  let highest = -1;
  for (let tried = near - reach; tried <= near + reach; tried++) {
    const score = correlation(heard, tried, wanted, from, PROBE_SAMPLES);
    if (score > highest) [at, highest] = [tried, score];
  }
  return { at, score: correlation(heard, at, wanted, from, CHUNK_SAMPLES) };
}

function loudChunks(samples: Int16Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at + CHUNK_SAMPLES <= samples.length; at += CHUNK_SAMPLES)
    if (rms(samples, at, CHUNK_SAMPLES) >= SPEECH_RMS) starts.push(at);
  return starts;
}

/** On a scale between linear and logarithmic, so that no single syllable decides. */
function levels(samples: Int16Array): Int16Array {
  return Int16Array.from(
    { length: Math.floor(samples.length / WINDOW_SAMPLES) },
    (_, i) => 100 * Math.sqrt(rms(samples, i * WINDOW_SAMPLES, WINDOW_SAMPLES)),
  );
}

function rms(samples: Int16Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += (samples[i] ?? 0) ** 2;
  return Math.sqrt(sum / count);
}

function leadingSilence(samples: Int16Array): number {
  let count = 0;
  while (count < samples.length && rms(samples, count, WINDOW_SAMPLES) < SPEECH_RMS) count += WINDOW_SAMPLES;
  return count;
}

function endOfVoice(samples: Int16Array): number {
  let end = samples.length;
  while (end > 0 && rms(samples, Math.max(0, end - WINDOW_SAMPLES), WINDOW_SAMPLES) < SPEECH_RMS) end -= WINDOW_SAMPLES;
  return Math.max(0, end);
}

/** Pearson's, in [-1, 1]; 0 where one side is constant or ends before. */
function correlation(a: Int16Array, aFrom: number, b: Int16Array, bFrom: number, count: number): number {
  if (aFrom < 0 || aFrom + count > a.length || bFrom + count > b.length) return 0;
  let sumA = 0;
  let sumB = 0;
  let squaresA = 0;
  let squaresB = 0;
  let products = 0;
  for (let i = 0; i < count; i++) {
    const x = a[aFrom + i] ?? 0;
    const y = b[bFrom + i] ?? 0;
    sumA += x;
    sumB += y;
    squaresA += x * x;
    squaresB += y * y;
    products += x * y;
  }
  const spread = Math.sqrt((squaresA - (sumA * sumA) / count) * (squaresB - (sumB * sumB) / count));
  return spread > 0 ? (products - (sumA * sumB) / count) / spread : 0;
}
