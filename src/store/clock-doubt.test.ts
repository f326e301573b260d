import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger, silentLogger } from '../kernel/log.js';
import { doubtClock, lastWritten } from './clock-doubt.js';
import { keepFilesYoung } from './old-files.js';
import { keepRetention } from './retention.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

describe('a clock that is wrong', () => {
  it('is doubted when it is a year ahead or behind, and not after a quiet week', () => {
    const now = 1_790_000_000_000;
    expect(doubtClock(now, undefined)).toBeUndefined();
    expect(doubtClock(now, now - 7 * DAY_MS)).toBeUndefined();
    expect(doubtClock(now, now - 365 * DAY_MS)).toEqual({ clock: 'ahead', days: 365 });
    expect(doubtClock(now, now + 365 * DAY_MS)).toEqual({ clock: 'behind', days: 365 });
  });

  it('is compared with the newest of database and log', () => {
    const dir = mkdtempSync(join(tmpdir(), 'handrail-clock-'));
    expect(lastWritten(dir)).toBeUndefined();
    mkdirSync(join(dir, 'logs'));
    for (const [name, seconds] of [
      ['handrail.sqlite', 1_000],
      ['logs/handrail.log', 3_000],
    ] as const) {
      writeFileSync(join(dir, name), 'x');
      utimesSync(join(dir, name), seconds, seconds);
    }
    expect(lastWritten(dir)).toBe(3_000_000);
    rmSync(dir, { recursive: true });
  });

  it('deletes nothing on its first day', () => {
    const clock = new FakeClock();
    const purged: number[] = [];
    const purge = (before: number): Promise<number> => Promise.resolve(purged.push(before));
    const doubt = { clock: 'ahead', days: 365 } as const;
    const log = new RecordingLogger();
    const stop = keepRetention({ kept: [{ what: 'calls', days: 30, purge }], doubt, clock, log });
    const stopFiles = keepFilesYoung({ folders: [], keepDays: 30, doubt, clock, log: silentLogger });
    clock.advance(DAY_MS - 1);
    expect(purged).toEqual([]);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { clock: 'ahead', days: 365 } }]);
    clock.advance(1);
    expect(purged).toHaveLength(1);
    stop();
    stopFiles();
  });
});
