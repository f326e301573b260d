/** Measured values with their percentiles (nearest rank). */
export class Distribution {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
  }

  addAll(other: Distribution): void {
    for (const value of other.#values) this.#values.push(value);
  }

  get count(): number {
    return this.#values.length;
  }

  get max(): number {
    return this.#values.reduce((max, value) => Math.max(max, value), 0);
  }

  /** @param share 0 … 1 @returns 0 when nothing was measured */
  percentile(share: number): number {
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  }
}
