import { FRAME_MS, FRAME_SAMPLES } from './port.js';

/** About five seconds of packets: an onset and a last voiced sample are never older when they are asked for. */
const ENTRIES = 256;

/** Remembers which sample came when: a ring of (position, arrival) pairs, one a packet. */
export class SampleClock {
  /** Position and arrival of each: side by side, for they are written and read together. */
  readonly #pairs = new Float64Array(2 * ENTRIES);
  #count = 0;

  /** `position`: of the first sample of the packet. Positions must not go back. */
  mark(position: number, arrivalMs: number): void {
    const at = 2 * (this.#count % ENTRIES);
    this.#pairs[at] = position;
    this.#pairs[at + 1] = arrivalMs;
    this.#count++;
  }

  /**
   * When the sample at `position` was said, but for its way here: a packet leaves when its last sample has been said, 20 ms
   * after its first. The oldest packet that is known stands for what came before it.
   */
  spokenMs(position: number): number {
    const oldest = Math.max(0, this.#count - ENTRIES);
    let at = this.#count - 1;
    while (at > oldest && (this.#pairs[2 * (at % ENTRIES)] ?? 0) > position) at--;
    const pair = 2 * (at % ENTRIES);
    const offset = Math.min(Math.max(0, position - (this.#pairs[pair] ?? 0)), FRAME_SAMPLES);
    return (this.#pairs[pair + 1] ?? 0) - FRAME_MS * (1 - offset / FRAME_SAMPLES);
  }
}
