export interface BackoffOptions {
  /** Longest delay before the first restart. @defaultValue 250 */
  readonly firstMs: number;
  /** Longest delay of all. @defaultValue 30000 */
  readonly maxMs: number;
}

export const backoffDefaults = { firstMs: 250, maxMs: 30_000 } as const satisfies BackoffOptions;

/**
 * Delay before restart number `attempt` (from 0): doubles each time, up to `maxMs`, and is drawn from the upper half of
 * that, so that engines which fell together do not rise together.
 * @param random a number in [0, 1)
 */
export function backoffDelayMs(attempt: number, random: number, options: BackoffOptions = backoffDefaults): number {
  const ceilingMs = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs / 2 + (random * ceilingMs) / 2);
}
