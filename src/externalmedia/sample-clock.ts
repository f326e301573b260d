import { FRAME_MS, FRAME_SAMPLES } from './port.js';

/** About five seconds of packets: an onset and a last voiced sample are never older when they are asked for. */
const ENTRIES = 256;

/** Remembers which sample came when: a ring of (position, arrival) pairs, one a packet. */
export class SampleClock {
  readonly #positions = new Float64Array(ENTRIES);
  readonly #arrivals = new Float64Array(ENTRIES);
  #count = 0;

  /** `position`: of the first sample of the packet. Positions must not go back. */
  mark(position: number, arrivalMs: number): void {
    const at = this.#count % ENTRIES;
    this.#positions[at] = position;
    this.#arrivals[at] = arrivalMs;
    this.#count++;
  }

  /**
   * When the sample at `position` was said, but for its way here: a packet leaves when its last sample has been said, 20 ms
   * after its first. The oldest packet that is known stands for what came before it.
   */
  spokenMs(position: number): number {
    const oldest = Math.max(0, this.#count - ENTRIES);
    let at = this.#count - 1;
    while (at > oldest && (this.#positions[at % ENTRIES] ?? 0) > position) at--;
    const first = this.#positions[at % ENTRIES] ?? 0;
    const offset = Math.min(Math.max(0, position - first), FRAME_SAMPLES);
    return (this.#arrivals[at % ENTRIES] ?? 0) - FRAME_MS * (1 - offset / FRAME_SAMPLES);
  }
}
