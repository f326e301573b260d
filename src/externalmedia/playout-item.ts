import { firstAudible } from './audible.js';
import { resumeFrom } from './resume-point.js';

interface Chunk {
  readonly samples: Int16Array;
  /** Position of its first sample in the item. */
  readonly start: number;
}

/** One prompt or stream in the playout queue, with its place of reading. Positions count samples of the item. */
export class PlayoutItem {
  startedAtMs: number | undefined;
  isStartTold = false;
  #chunks: Chunk[] = [];
  #played = 0;
  #available = 0;
  #lastAudible = -1;
  #finished = false;

  private constructor(
    readonly id: string,
    readonly bargeIn: boolean,
  ) {}

  /** @param lastAudible index of the last audible sample, or -1 */
  static complete(id: string, bargeIn: boolean, samples: Int16Array, lastAudible: number): PlayoutItem {
    const item = new PlayoutItem(id, bargeIn);
    item.append(samples, lastAudible);
    item.finish();
    return item;
  }

  static stream(id: string, bargeIn: boolean): PlayoutItem {
    return new PlayoutItem(id, bargeIn);
  }

  append(samples: Int16Array, lastAudible: number): void {
    if (this.#finished || samples.length === 0) return;
    this.#chunks.push({ samples, start: this.#available });
    if (lastAudible >= 0) this.#lastAudible = this.#available + lastAudible;
    this.#available += samples.length;
  }

  finish(): void {
    this.#finished = true;
  }

  get playedSamples(): number {
    return this.#played;
  }

  /** Samples that have come so far, played or not. */
  get availableSamples(): number {
    return this.#available;
  }

  get isDone(): boolean {
    return this.#finished && this.#played === this.#available;
  }

  get hasAudibleLeft(): boolean {
    return this.#lastAudible >= this.#played;
  }

  /** Position of the first audible sample at or after `from` among those that are here (and not played out before). */
  firstAudibleFrom(from: number): number | undefined {
    for (const { samples, start } of this.#chunks) {
      if (start + samples.length <= from) continue;
      const index = firstAudible(samples, Math.max(0, from - start));
      if (index >= 0) return start + index;
    }
    return undefined;
  }

  /** Copies samples to `into` from `offset` to its end, as many as there are, and returns how many. They count as played. */
  take(into: Int16Array, offset: number): number {
    const taken = this.copy(this.#played, into, offset);
    this.#played += taken;
    return taken;
  }

  /** Whether all of it has come: what is cut off of it can be taken up again. */
  get isComplete(): boolean {
    return this.#finished;
  }

  /** Goes back to a place to take it up again after it was cut off, as far as its samples are still here. */
  rewind(): void {
    this.startedAtMs = undefined;
    this.isStartTold = false;
    const oldest = this.#chunks[0]?.start ?? this.#played;
    const from = resumeFrom((position) => this.#sampleAt(position), oldest, this.#played);
    this.#played = Math.max(oldest, from);
  }

  #sampleAt(position: number): number {
    for (const { samples, start } of this.#chunks) {
      if (position >= start && position < start + samples.length) return samples[position - start] ?? 0;
    }
    return 0;
  }

  /** Copies samples from position `from` on to `into` from `offset` to its end, as many as there are, and returns how many. */
  copy(from: number, into: Int16Array, offset: number): number {
    let copied = 0;
    for (const { samples, start } of this.#chunks) {
      const at = from + copied - start;
      if (at >= samples.length) continue;
      const count = Math.min(samples.length - at, into.length - offset - copied);
      // A loop: a view of so few samples costs more than their copy.
      for (let i = 0; i < count; i++) into[offset + copied + i] = samples[at + i] ?? 0;
      copied += count;
      if (offset + copied === into.length) break;
    }
    return copied;
  }

  /** Lets go of chunks that lie wholly before the place of reading. */
  forgetPlayed(): void {
    while (this.#chunks[0] && this.#chunks[0].start + this.#chunks[0].samples.length <= this.#played)
      this.#chunks.shift();
  }
}
