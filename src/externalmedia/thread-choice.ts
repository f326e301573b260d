import { HandrailError } from '../kernel/errors.js';

interface Candidate {
  readonly isAlive: boolean;
  /** Calls that it serves. */
  readonly legs: number;
}

/**
 * The thread for a new call: the one with the fewest.
 *
 * @throws HandrailError HR_MEDIA_FAILED when none is running, HR_MEDIA_FULL when all have `callsPerThread`
 */
export function chooseThread<Thread extends Candidate>(threads: readonly Thread[], callsPerThread: number): Thread {
  const alive = threads.filter(({ isAlive }) => isAlive);
  const [first, ...others] = alive;
  if (!first) throw new HandrailError('HR_MEDIA_FAILED', 'no media thread is running');
  const least = others.reduce((best, other) => (best.legs <= other.legs ? best : other), first);
  if (least.legs >= callsPerThread)
    throw new HandrailError('HR_MEDIA_FULL', `${alive.length} threads with ${callsPerThread} calls each`);
  return least;
}
