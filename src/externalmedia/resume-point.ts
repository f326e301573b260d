import { isAudible } from './audible.js';
import { TELEPHONE_RATE_HZ } from './port.js';

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** What was said while the caller already made a sound has not been heard. */
const TALKED_OVER_SAMPLES = 300 * SAMPLES_PER_MS;
/** A silence inside speech that is heard as a pause: shorter ones are stops inside words. */
const PAUSE_SAMPLES = 60 * SAMPLES_PER_MS;
/** Nobody wants to hear more than that again. */
const FARTHEST_SAMPLES = 2_500 * SAMPLES_PER_MS;
/** How far back when the speech has no pause. */
const WITHOUT_PAUSE_SAMPLES = 1_000 * SAMPLES_PER_MS;
/** A soft first sound is below what counts as audible. */
const LEAD_SAMPLES = 20 * SAMPLES_PER_MS;

/**
 * Where a prompt that was cut off goes on: after the last pause that the caller surely heard, so that no word begins in
 * its middle.
 *
 * @param sampleAt the sample at a position
 * @param oldest position of the first sample that is still there
 * @param cutAt position of the first sample that was not played
 */
export function resumeFrom(sampleAt: (position: number) => number, oldest: number, cutAt: number): number {
  if (cutAt <= oldest) return oldest;
  const earliest = Math.max(oldest, cutAt - FARTHEST_SAMPLES);
  let quiet = 0;
  for (let at = cutAt - TALKED_OVER_SAMPLES - 1; at >= earliest; at--) {
    quiet = isAudible(sampleAt(at)) ? 0 : quiet + 1;
    if (quiet === PAUSE_SAMPLES) return endOfQuiet(sampleAt, at, cutAt) - LEAD_SAMPLES;
  }
  return cutAt - FARTHEST_SAMPLES <= oldest ? oldest : cutAt - WITHOUT_PAUSE_SAMPLES;
}

function endOfQuiet(sampleAt: (position: number) => number, from: number, to: number): number {
  let at = from;
  while (at < to && !isAudible(sampleAt(at))) at++;
  return at;
}
