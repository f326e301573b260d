/** Room for a little more than the pre-roll and the time in which an onset is decided. */
const IDLE_CAPACITY = 8_192;

/**
 * The caller's recent audio, addressed by sample position since the call began. Grows while an utterance is kept and
 * gives the memory back afterwards.
 */
export class PcmHistory {
  #samples = new Int16Array(IDLE_CAPACITY);
  /** Position of the first sample that is held. */
  #start = 0;
  #length = 0;
  /** Samples from here on are kept; before it they may go. */
  #keepFrom: number | undefined;

  /** Position behind the last sample. */
  get end(): number {
    return this.#start + this.#length;
  }

  append(samples: Int16Array): void {
    if (this.#length + samples.length > this.#samples.length) this.#makeRoom(samples.length);
    this.#samples.set(samples, this.#length);
    this.#length += samples.length;
  }

  /** Keeps everything from `position` on until `release`. */
  keepFrom(position: number): void {
    this.#keepFrom = Math.max(position, this.#start);
  }

  release(): void {
    this.#keepFrom = undefined;
    if (this.#samples.length > IDLE_CAPACITY) this.#makeRoom(0);
  }

  /** A copy of what is held of `from` (inclusive) to `to` (exclusive). */
  slice(from: number, to: number): Int16Array {
    return this.#samples.slice(Math.max(0, from - this.#start), Math.max(0, Math.min(to - this.#start, this.#length)));
  }

  #makeRoom(samples: number): void {
    const keep = this.#keepFrom ?? this.end - IDLE_CAPACITY / 2;
    const drop = Math.min(this.#length, Math.max(0, keep - this.#start));
    const needed = this.#length - drop + samples;
    let capacity = IDLE_CAPACITY;
    while (capacity < needed) capacity *= 2;
    const kept = this.#samples.subarray(drop, this.#length);
    if (capacity === this.#samples.length) this.#samples.copyWithin(0, drop, this.#length);
    else {
      this.#samples = new Int16Array(capacity);
      this.#samples.set(kept);
    }
    this.#start += drop;
    this.#length -= drop;
  }
}
