import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rememberedLanguages } from './caller-languages.js';
import { FakeClock } from './kernel/fake-clock.js';
import { silentLogger } from './kernel/log.js';
import { SqliteStore } from './store/sqlite-store.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'handrail-language-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a choice is remembered under a hash, for so many days after the last call', async () => {
  const clock = new FakeClock();
  const log = silentLogger;
  const path = join(dir, 'handrail.sqlite');
  const store = SqliteStore.open({ path, keepWords: true, clock, log });
  const options = { book: store.callerLanguages, days: 30, keyFile: join(dir, 'caller-key'), clock, log };
  const languages = rememberedLanguages(options);
  expect(await languages.of('+4930123456')).toBeUndefined();
  languages.chosen('+4930123456', 'de-DE');
  languages.chosen('anonymous', 'de-DE');
  await vi.waitFor(async () => expect(await languages.of('+4930123456')).toBe('de-DE'));
  // The next controller has the same key.
  expect(await rememberedLanguages(options).of('+4930123456')).toBe('de-DE');
  expect(await languages.of('anonymous')).toBeUndefined();
  clock.advance(31 * DAY_MS);
  expect(await languages.of('+4930123456')).toBeUndefined();
  await store.close();
  expect(readFileSync(path).includes('4930123456')).toBe(false);
});

test('a key that was not written to its end is made anew, for its owner alone; one that cannot be made is told', async () => {
  const clock = new FakeClock();
  const log = silentLogger;
  const store = SqliteStore.open({ path: join(dir, 'handrail.sqlite'), keepWords: true, clock, log });
  const keyFile = join(dir, 'caller-key');
  const options = { book: store.callerLanguages, days: 30, keyFile, clock, log };
  writeFileSync(keyFile, '', { mode: 0o600 });
  rememberedLanguages(options);
  expect(statSync(keyFile)).toMatchObject({ size: 32 });
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  mkdirSync(join(dir, 'folder'));
  const told = expect.objectContaining({ code: 'HR_STORE_FAILED' });
  expect(() => rememberedLanguages({ ...options, keyFile: join(dir, 'folder') })).toThrow(told);
  await store.close();
});
