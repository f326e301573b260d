/** What stands in a column: a node, or a lane in which ways run past. Lengths in px. */
export interface Box {
  readonly key: string;
  readonly height: number;
  /** Free above and below it. */
  readonly margin: number;
  /** Where its middle wants to be; `Infinity`: nowhere, it stands below. */
  readonly wanted: number;
}

/**
 * The upper ends of the boxes of a column, in the order of where they want to be, none above another, and together as near to
 * it as can be (least squares: pool adjacent violators). Pure.
 */
export function stacked(boxes: readonly Box[]): ReadonlyMap<string, number> {
  const sorted = [...boxes].sort((a, b) => (a.wanted === b.wanted ? 0 : a.wanted - b.wanted));
  let below = 0;
  const offsets = sorted.map(({ height, margin }) => {
    const offset = below + margin;
    below = offset + height + margin;
    return offset;
  });
  const pools: { sum: number; count: number }[] = [];
  sorted.forEach(({ height, wanted }, at) => {
    const shift = wanted - height / 2 - (offsets[at] ?? 0);
    const last = pools.at(-1);
    let pool = { sum: Number.isFinite(shift) ? shift : last ? last.sum / last.count : 0, count: 1 };
    for (
      let before = pools.at(-1);
      before && before.sum / before.count >= pool.sum / pool.count;
      before = pools.at(-1)
    ) {
      pool = { sum: pool.sum + before.sum, count: pool.count + before.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const shifts = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return new Map(sorted.map(({ key }, at) => [key, (shifts[at] ?? 0) + (offsets[at] ?? 0)]));
}
