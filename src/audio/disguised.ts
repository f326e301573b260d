import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { resample } from './resample.js';

/** By so much a voice becomes deeper and slower, or higher and quicker. */
const PITCH = { least: 0.88, most: 1.14 } as const;
/** The finer the step, the more filters the resampler makes. */
const RATE_STEP_HZ = 100;
const LEVEL_DB = { least: -15, most: 3 } as const;
/** Reflections of a room, each weaker the later it comes. */
const REFLECTIONS = 8;
const REFLECTION_MS = { least: 5, most: 60 } as const;
const STRONGEST_REFLECTION = 0.3;

/**
 * The same words as if by somebody else, elsewhere: another pitch and pace, another level, another room. Recordings of few
 * people stand for strangers in this way. Pure.
 *
 * @param samples PCM16 mono at 8,000 Hz
 * @param random numbers from 0 to 1
 */
export function disguised(samples: Int16Array, random: () => number): Int16Array {
  const between = ({ least, most }: { readonly least: number; readonly most: number }): number =>
    least + (most - least) * random();
  const recordedHz = Math.round((between(PITCH) * TELEPHONE_RATE_HZ) / RATE_STEP_HZ) * RATE_STEP_HZ;
  const voice = resample(samples, recordedHz, TELEPHONE_RATE_HZ);
  const gain = 10 ** (between(LEVEL_DB) / 20);
  const room = Array.from({ length: REFLECTIONS }, () => {
    const ms = between(REFLECTION_MS);
    const sign = random() < 0.5 ? -1 : 1;
    return {
      delay: Math.round((ms * TELEPHONE_RATE_HZ) / 1_000),
      gain: sign * STRONGEST_REFLECTION * random() * (1 - ms / (2 * REFLECTION_MS.most)),
    };
  });
  return voice.map((sample, at) => {
    const heard = room.reduce((sum, { delay, gain: share }) => sum + share * (voice[at - delay] ?? 0), sample);
    return Math.max(-32_768, Math.min(32_767, gain * heard));
  });
}
