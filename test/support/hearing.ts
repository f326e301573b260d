/**
 * Whether a known piece of speech was heard in a recording. Coarse by the course of the level (one value each 5 ms), then
 * fine by the waveform itself, so that another sentence of the same voice is never taken for it. Samples are PCM16 at
 * 8,000 Hz.
 */
const WINDOW_SAMPLES = 40;
const SAMPLES_PER_MS = 8;
const CHUNK_SAMPLES = 800;
/** Places where the level fits best, to be compared by waveform. */
const CANDIDATES = 12;
/** G.711 twice and a level window that does not begin where the speech does leave more than this. */
const LEVELS_ALIKE = 0.75;
const CHUNK_ALIKE = 0.8;
/** A chunk that a late packet has broken is forgiven, as long as most of them fit. */
const CHUNKS_ALIKE = 0.7;
/** Louder than this RMS a chunk is speech and can be compared. */
const SPEECH_RMS = 150;

/**
 * @param limitMs how much of the beginning of `wanted` must have been heard; callers interrupt
 * @returns where it begins, in milliseconds from the start of `heard`
 */
export function findSpeech(heard: Int16Array, wanted: Int16Array, limitMs = 1_500): number | undefined {
  const snippet = withoutLeadingSilence(wanted).subarray(0, limitMs * SAMPLES_PER_MS);
  const places = placesByLevel(levels(heard), levels(snippet));
  for (const place of places) {
    const at = bestOffset(heard, snippet, place * WINDOW_SAMPLES);
    if (shareAlike(heard, snippet, at) >= CHUNKS_ALIKE) return at / SAMPLES_PER_MS;
  }
  return undefined;
}

function placesByLevel(heard: Float64Array, wanted: Float64Array): number[] {
  const scores: { at: number; score: number }[] = [];
  for (let at = 0; at + wanted.length <= heard.length; at++) {
    const score = correlation(heard, at, wanted, 0, wanted.length);
    if (score >= LEVELS_ALIKE) scores.push({ at, score });
  }
  return scores
    .sort((a, b) => b.score - a.score)
    .slice(0, CANDIDATES)
    .map(({ at }) => at);
}

/** The first loud chunk settles where exactly it begins. */
function bestOffset(heard: Int16Array, wanted: Int16Array, near: number): number {
  const from = loudChunks(wanted)[0] ?? 0;
  let best = { at: near, score: -1 };
  for (let at = Math.max(0, near - WINDOW_SAMPLES); at <= near + WINDOW_SAMPLES; at++) {
    const score = correlation(heard, at + from, wanted, from, CHUNK_SAMPLES);
    if (score > best.score) best = { at, score };
  }
  return best.at;
}

function shareAlike(heard: Int16Array, wanted: Int16Array, at: number): number {
  const loud = loudChunks(wanted);
  const alike = loud.filter((from) => correlation(heard, at + from, wanted, from, CHUNK_SAMPLES) >= CHUNK_ALIKE);
  return loud.length === 0 ? 0 : alike.length / loud.length;
}

function loudChunks(samples: Int16Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at + CHUNK_SAMPLES <= samples.length; at += CHUNK_SAMPLES)
    if (rms(samples, at, CHUNK_SAMPLES) >= SPEECH_RMS) starts.push(at);
  return starts;
}

function levels(samples: Int16Array): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / WINDOW_SAMPLES) }, (_, i) =>
    Math.sqrt(rms(samples, i * WINDOW_SAMPLES, WINDOW_SAMPLES)),
  );
}

function rms(samples: Int16Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += (samples[i] ?? 0) ** 2;
  return Math.sqrt(sum / count);
}

function withoutLeadingSilence(samples: Int16Array): Int16Array {
  let from = 0;
  while (from < samples.length && rms(samples, from, WINDOW_SAMPLES) < SPEECH_RMS) from += WINDOW_SAMPLES;
  return samples.subarray(from);
}

/** Pearson's, in [-1, 1]; 0 where one side is constant. */
function correlation(a: ArrayLike<number>, aFrom: number, b: ArrayLike<number>, bFrom: number, count: number): number {
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
