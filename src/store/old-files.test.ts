import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { deleteOlder, keepFilesYoung } from './old-files.js';

const dir = mkdtempSync(join(tmpdir(), 'handrail-old-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('old files', () => {
  it('go, young ones and folders stay', async () => {
    for (const [name, day] of [
      ['old.wav', 1],
      ['young.wav', 9],
    ] as const) {
      writeFileSync(join(dir, name), 'x');
      utimesSync(join(dir, name), new Date(), new Date(day * 86_400_000));
    }
    mkdirSync(join(dir, 'folder'));
    expect(await deleteOlder(dir, 5 * 86_400_000)).toBe(1);
    expect(readdirSync(dir).sort()).toEqual(['folder', 'young.wav']);
    expect(await deleteOlder(join(dir, 'nowhere'), 0)).toBe(0);
  });

  it('are looked for once a day, until it is ended', () => {
    const clock = new FakeClock();
    const end = keepFilesYoung({ folders: [join(dir, 'nowhere')], keepDays: 30, clock, log: new RecordingLogger() });
    expect(clock.pendingCount).toBe(1);
    clock.advance(86_400_000);
    expect(clock.pendingCount).toBe(1);
    end();
    expect(clock.pendingCount).toBe(0);
  });
});
