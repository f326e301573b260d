import type { Playout } from './playout.js';
import type { PlayoutItem } from './playout-item.js';

/**
 * Takes samples out of a playout before their time, for a far end that has a queue of its own, in the order in which the
 * playout will come to them. The playout itself goes on by the clock: it is the model of what is heard at the far end.
 */
export class PlayoutAhead {
  /** Positions up to which items were taken; those that are gone are forgotten by themselves. */
  #taken = new WeakMap<PlayoutItem, number>();

  constructor(private readonly playout: Playout) {}

  /** Samples that were taken and are not heard yet. */
  get samples(): number {
    let sum = 0;
    for (const item of this.playout.items) sum += this.#takenOf(item) - item.playedSamples;
    return sum;
  }

  /** Whether something that is here was not taken yet. */
  get hasMore(): boolean {
    const item = this.#next();
    return item !== undefined && this.#takenOf(item) < item.availableSamples;
  }

  /** Whether all that was queued is complete and was taken: nothing follows but what is queued later. */
  get isComplete(): boolean {
    return this.#next() === undefined;
  }

  /** Copies the next samples to `into` from its beginning, as many as there are, and returns how many. */
  take(into: Int16Array): number {
    let filled = 0;
    for (let item = this.#next(); item && filled < into.length; item = this.#next()) {
      const from = this.#takenOf(item);
      const count = item.copy(from, into, filled);
      this.#taken.set(item, from + count);
      filled += count;
      if (this.#takenOf(item) < item.availableSamples || !item.isComplete) break;
    }
    return filled;
  }

  /** The far end dropped what it had: everything that is not heard yet is to be taken again. */
  rewind(): void {
    this.#taken = new WeakMap();
  }

  /** The first item that is not wholly taken. A stream that may still grow is not overtaken. */
  #next(): PlayoutItem | undefined {
    return this.playout.items.find((item) => !item.isComplete || this.#takenOf(item) < item.availableSamples);
  }

  #takenOf(item: PlayoutItem): number {
    return Math.max(this.#taken.get(item) ?? 0, item.playedSamples);
  }
}
