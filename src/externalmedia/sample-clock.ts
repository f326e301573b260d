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

  /** When the sample at `position` arrived: with its packet; the oldest known when it is too long ago. */
  arrivalMs(position: number): number {
    const oldest = Math.max(0, this.#count - ENTRIES);
    for (let i = this.#count - 1; i > oldest; i--) {
      if ((this.#positions[i % ENTRIES] ?? 0) <= position) return this.#arrivals[i % ENTRIES] ?? 0;
    }
    return this.#arrivals[oldest % ENTRIES] ?? 0;
  }
}
