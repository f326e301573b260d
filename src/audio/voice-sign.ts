/** What may be a voice that comes back is waited for so long … */
const SIGN_WAIT_MS = 60;
/** … and, with all that follows it, no longer than this behind the moment at which the turn would have ended: the turn deadline is not far. */
const MAX_WAIT_MS = 80;

/**
 * When a turn ends that would have ended at `dueMs`: later while there are fresh signs of a voice that comes back. A model of
 * speech is sure of a soft onset only 30 to 150 ms after an ear has heard it.
 *
 * @param signMs when there was a sign the last time
 */
export function endsAtMs(dueMs: number, signMs: number | undefined): number {
  if (signMs === undefined) return dueMs;
  return Math.max(dueMs, Math.min(signMs + SIGN_WAIT_MS, dueMs + MAX_WAIT_MS));
}
