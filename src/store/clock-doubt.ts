import { statSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A line that nobody called for so long is rarer than a wrong clock. */
const AHEAD_DAYS = 30;
const BEHIND_DAYS = 1;

/** How far the clock is from when something was last written here, when that is hard to believe. */
export interface ClockDoubt {
  readonly clock: 'ahead' | 'behind';
  readonly days: number;
}

/** @param lastWrittenMs when a file of this Handrail was last written; `undefined` when there is none yet */
export function doubtClock(nowWallMs: number, lastWrittenMs: number | undefined): ClockDoubt | undefined {
  if (lastWrittenMs === undefined) return undefined;
  const days = Math.round((nowWallMs - lastWrittenMs) / DAY_MS);
  if (days > AHEAD_DAYS) return { clock: 'ahead', days };
  return -days > BEHIND_DAYS ? { clock: 'behind', days: -days } : undefined;
}

/** When database or log were last written. Ask before they are opened. */
export function lastWritten(dataDir: string): number | undefined {
  const times = ['handrail.sqlite', 'handrail.sqlite-wal', 'logs/handrail.log'].flatMap((name) => {
    const found = statSync(join(dataDir, name), { throwIfNoEntry: false });
    // A log that was only just begun tells nothing.
    return found && found.size > 0 ? [found.mtimeMs] : [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}
