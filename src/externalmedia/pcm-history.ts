/** Room for a little more than the pre-roll and the time in which an onset is decided. A power of two. */
const IDLE_CAPACITY = 8_192;

/**
 * The caller's recent audio, addressed by sample position since the call began: a ring that grows while an utterance is kept
 * and gives the memory back afterwards. A stretch of 256 samples or fewer that begins at a multiple of its length, as windows
 * and blocks of voice activity do, never lies across the end of the ring, and can be read where it lies.
 */
export class PcmHistory {
  #ring = new Int16Array(IDLE_CAPACITY);
  /** Position of the first sample that is held. */
  #start = 0;
  #end = 0;
  /** Samples from here on are kept; before it they may go. */
  #keepFrom: number | undefined;

  /** Position behind the last sample. */
  get end(): number {
    return this.#end;
  }

  /** Where the samples lie: the one of `position` at `placeOf(position)`. Another array after `append` or `release`. */
  get ring(): Int16Array {
    return this.#ring;
  }

  placeOf(position: number): number {
    return position & (this.#ring.length - 1);
  }

  append(samples: Int16Array): void {
    if (this.#keepFrom !== undefined) this.#makeRoom(this.#keepFrom, samples.length);
    this.#write(samples, this.#end);
    this.#end += samples.length;
    this.#start = Math.max(this.#start, this.#end - this.#ring.length);
  }

  /** Keeps everything from `position` on until `release`. */
  keepFrom(position: number): void {
    this.#keepFrom = Math.max(position, this.#start);
  }

  release(): void {
    this.#keepFrom = undefined;
    if (this.#ring.length > IDLE_CAPACITY) this.#resize(IDLE_CAPACITY);
  }

  /** A copy of what is held of `from` (inclusive) to `to` (exclusive). */
  slice(from: number, to: number): Int16Array {
    const end = Math.min(to, this.#end);
    const start = Math.min(Math.max(from, this.#start), Math.max(end, this.#start));
    const samples = new Int16Array(Math.max(0, end - start));
    const first = this.placeOf(start);
    const inOnePiece = Math.min(samples.length, this.#ring.length - first);
    samples.set(this.#ring.subarray(first, first + inOnePiece));
    samples.set(this.#ring.subarray(0, samples.length - inOnePiece), inOnePiece);
    return samples;
  }

  #makeRoom(keep: number, samples: number): void {
    let capacity = this.#ring.length;
    while (capacity < this.#end - keep + samples) capacity *= 2;
    if (capacity > this.#ring.length) this.#resize(capacity);
  }

  #resize(capacity: number): void {
    const start = Math.max(this.#start, this.#end - capacity);
    const held = this.slice(start, this.#end);
    this.#ring = new Int16Array(capacity);
    this.#start = start;
    this.#write(held, start);
  }

  #write(samples: Int16Array, position: number): void {
    const place = this.placeOf(position);
    const fits = this.#ring.length - place;
    if (samples.length <= fits) return this.#ring.set(samples, place);
    this.#ring.set(samples.subarray(0, fits), place);
    // More than the ring holds leaves its last samples there.
    this.#write(samples.subarray(fits), position + fits);
  }
}
