import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from '../port.js';
import { levelDb } from '../vad/energy-gate.js';

/** What the caller's side may be behind, so that a packet that is a little late leaves no hole. */
const CUSHION_SAMPLES = 2 * FRAME_SAMPLES;
/** Beyond this the caller's clock is faster than ours (or a burst came): time is taken out where it is quiet. */
const SKIP_ABOVE_SAMPLES = 6 * FRAME_SAMPLES;
/** Beyond this it is taken out wherever it is. */
const MAX_BEHIND_SAMPLES = TELEPHONE_RATE_HZ / 2;
const QUIET_DB = -45;
/** One second: how much a crash can cost, and how often the writer is bothered. */
const CHUNK_LENGTH = 2 * TELEPHONE_RATE_HZ;

/**
 * Puts both sides of a call on one time line, which is that of our own 20 ms clock: caller left, bot right, interleaved.
 * The bot's frames define the time. The caller's samples come by another clock: they wait in a cushion of 40 ms (the bot's
 * side is delayed by as much, so that both stay aligned), silence is put in when there are none, and when they run ahead
 * of our clock quiet frames are left out.
 *
 * Pure; allocates one chunk a second, which goes to `write`.
 */
export class Recorder {
  readonly #caller = new Int16Array(TELEPHONE_RATE_HZ);
  #callerSamples = 0;
  #isPrimed = false;
  readonly #left = new Int16Array(FRAME_SAMPLES);
  readonly #delayed = new Int16Array(CUSHION_SAMPLES);
  #chunk = new Int16Array(CHUNK_LENGTH);
  #filled = 0;

  /** @param write gets interleaved samples; the array is its own from then on */
  constructor(private readonly write: (interleaved: Int16Array<ArrayBuffer>) => void) {}

  /** The caller was heard. Any number of samples up to half a second. */
  caller(samples: Int16Array): void {
    const room = this.#caller.length - this.#callerSamples;
    if (samples.length > room) this.#drop(samples.length - room);
    this.#caller.set(samples.subarray(0, this.#caller.length), this.#callerSamples);
    this.#callerSamples = Math.min(this.#caller.length, this.#callerSamples + samples.length);
  }

  /** 20 ms have passed, in which the bot said this. */
  bot(frame: Int16Array): void {
    this.#takeLeft();
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      this.#chunk[this.#filled++] = this.#left[i] ?? 0;
      this.#chunk[this.#filled++] = this.#delayed[i] ?? 0;
    }
    this.#delayed.copyWithin(0, FRAME_SAMPLES);
    this.#delayed.set(frame, CUSHION_SAMPLES - FRAME_SAMPLES);
    if (this.#filled < CHUNK_LENGTH) return;
    this.write(this.#chunk);
    this.#chunk = new Int16Array(CHUNK_LENGTH);
    this.#filled = 0;
  }

  /** The call is over: what is left is written, with the cushion. */
  finish(): void {
    const silence = new Int16Array(FRAME_SAMPLES);
    for (let left = CUSHION_SAMPLES; left > 0; left -= FRAME_SAMPLES) this.bot(silence);
    if (this.#filled > 0) this.write(this.#chunk.slice(0, this.#filled));
    this.#filled = 0;
  }

  #takeLeft(): void {
    this.#left.fill(0);
    this.#isPrimed ||= this.#callerSamples >= CUSHION_SAMPLES;
    if (!this.#isPrimed) return;
    if (this.#callerSamples > MAX_BEHIND_SAMPLES) this.#drop(this.#callerSamples - CUSHION_SAMPLES);
    else if (this.#callerSamples > SKIP_ABOVE_SAMPLES && levelDb(this.#caller.subarray(0, FRAME_SAMPLES)) < QUIET_DB)
      this.#drop(FRAME_SAMPLES);
    const count = Math.min(FRAME_SAMPLES, this.#callerSamples);
    this.#left.set(this.#caller.subarray(0, count));
    this.#drop(count);
    // Nothing came for longer than the cushion lasts: it is filled anew, which is the stretch.
    if (count < FRAME_SAMPLES) this.#isPrimed = false;
  }

  #drop(samples: number): void {
    this.#caller.copyWithin(0, samples, this.#callerSamples);
    this.#callerSamples = Math.max(0, this.#callerSamples - samples);
  }
}
