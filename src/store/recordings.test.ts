import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Recordings } from './recordings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-recordings-'));
  for (const name of ['2026-11-25T10-00-00-000Z_1.2.wav', '2026-11-25T09-00-00-000Z_1.2.wav', '2026-11-25T10_x.wav'])
    writeFileSync(join(folder, name), name);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a call has its own recordings, in order, and nothing else', async () => {
  const recordings = new Recordings(folder);
  const names = (await recordings.of('1.2')).map(({ name }) => name);
  expect(names).toEqual(['2026-11-25T09-00-00-000Z_1.2.wav', '2026-11-25T10-00-00-000Z_1.2.wav']);
  expect(await recordings.of('2')).toEqual([]);
  expect(String(await recordings.read('1.2', names[0]!))).toBe(names[0]);
});

test.each([
  ['1.2', '2026-11-25T10_x.wav'],
  ['1.2', '../2026-11-25T10-00-00-000Z_1.2.wav'],
  ['../x', '2026-11-25T10_x.wav'],
])('%s has no %s', async (callId, name) => {
  expect(await new Recordings(folder).read(callId, name)).toBeUndefined();
});

test('where nothing was ever recorded there is none', async () => {
  expect(await new Recordings(join(folder, 'none')).of('1.2')).toEqual([]);
});
