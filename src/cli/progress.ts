import type { Clock } from '../kernel/clock.js';

const EVERY_MS = 15_000;

/**
 * Tells how far a long run is, not more often than every 15 seconds, and how long the rest takes at the pace since it last told.
 *
 * @returns to be called when one more is done
 */
export function progressOf(total: number, clock: Clock, print: (line: string) => void): () => void {
  let done = 0;
  let told = { done: 0, atMs: clock.nowMs() };
  return () => {
    done++;
    const sinceMs = clock.nowMs() - told.atMs;
    if (sinceMs < EVERY_MS || done === total) return;
    const leftS = ((total - done) * sinceMs) / (done - told.done) / 1_000;
    print(`  ${done} of ${total}, about ${leftS < 90 ? `${Math.ceil(leftS)} s` : `${Math.ceil(leftS / 60)} min`} left`);
    told = { done, atMs: clock.nowMs() };
  };
}
