/** How long to wait between two tries. All in milliseconds. */
export interface BackoffOptions {
  /** Ceiling of the first wait. @defaultValue 100 */
  readonly baseMs: number;
  /** Ceiling of every wait. @defaultValue 5000 */
  readonly capMs: number;
  /** No wait is shorter, so that a refusing PBX is not hammered. @defaultValue 20 */
  readonly floorMs: number;
}

export const defaultBackoff = { baseMs: 100, capMs: 5_000, floorMs: 20 } as const satisfies BackoffOptions;

/**
 * Exponential wait with full jitter: anything between nothing and the ceiling, so that many controllers do not come back
 * in step after a PBX restart.
 *
 * @param attempt 0 for the wait after the first failure
 * @param random a number of [0, 1)
 */
export function reconnectDelayMs(attempt: number, random: number, options: BackoffOptions = defaultBackoff): number {
  // 2^30 is far above any cap and keeps the power finite however long the PBX is away.
  const ceilingMs = Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt, 30));
  return Math.max(options.floorMs, Math.round(random * ceilingMs));
}
