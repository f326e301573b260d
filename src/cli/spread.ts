/** `count` of all, spread evenly: neighbours in a list of recordings are often of one speaker. */
export function spread<T>(all: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count) % all.length]).filter(
    (item): item is T => item !== undefined,
  );
}
