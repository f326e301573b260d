import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { rememberedLanguages } from './caller-languages.js';
import { FakeClock } from './kernel/fake-clock.js';
import { silentLogger } from './kernel/log.js';
import { SqliteStore } from './store/sqlite-store.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const dir = mkdtempSync(join(tmpdir(), 'handrail-language-'));
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
