import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config/index.js';
import type { CallerLanguages } from './dialog/ports.js';
import type { Clock } from './kernel/clock.js';
import { explain, HandrailError } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import { dataDir } from './kernel/paths.js';
import type { SqliteCallerLanguages } from './store/caller-languages.js';
import type { SqliteStore } from './store/sqlite-store.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const KEY_BYTES = 32;

export interface RememberedOptions {
  readonly book: SqliteCallerLanguages;
  /** Days for which a choice is remembered; it counts anew with each call. */
  readonly days: number;
  /** Of the key with which numbers are hashed. Without it the hashes say nothing: all numbers can be tried. */
  readonly keyFile: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What the configuration wants to be remembered; nothing, unless somebody has opted in.
 * @throws HandrailError HR_STORE_FAILED when the key can neither be read nor written
 */
export function callerLanguages(
  { calls }: Config,
  store: SqliteStore,
  clock: Clock,
  log: Logger,
): CallerLanguages | undefined {
  if (calls.languageDays === 0) return undefined;
  const keyFile = join(dataDir, 'caller-key');
  return rememberedLanguages({ book: store.callerLanguages, days: calls.languageDays, keyFile, clock, log });
}

/** The languages that callers chose, by a keyed hash of their number. Trouble with the database costs a question, no call. */
export function rememberedLanguages({ book, days, keyFile, clock, log }: RememberedOptions): CallerLanguages {
  const key = keptKey(keyFile);
  const callerOf = (number: string): string | undefined =>
    /[0-9]/.test(number) ? createHmac('sha256', key).update(number).digest('hex') : undefined;
  const since = (): number => clock.wallMs() - days * DAY_MS;
  const trouble = (err: unknown): void => log.warn({ problem: explain(err) }, 'language of a caller is not remembered');
  return {
    async of(callerNumber) {
      const caller = callerOf(callerNumber);
      return caller === undefined ? undefined : book.of(caller, since()).catch((err: unknown) => void trouble(err));
    },
    chosen(callerNumber, language) {
      const caller = callerOf(callerNumber);
      if (caller === undefined) return;
      book.choose(caller, language, clock.wallMs()).catch(trouble);
    },
  };
}

function keptKey(file: string): Buffer {
  try {
    const known = existsSync(file) ? readFileSync(file) : undefined;
    // Half a key, as a full disk leaves it, would hide little.
    if (known?.length === KEY_BYTES) return known;
    mkdirSync(dirname(file), { recursive: true });
    const key = randomBytes(KEY_BYTES);
    writeFileSync(file, key, { mode: 0o600 });
    return key;
  } catch (cause) {
    throw new HandrailError('HR_STORE_FAILED', file, { cause });
  }
}
