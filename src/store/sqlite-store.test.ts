import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noTotals } from '../externalmedia/leg-totals.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger, silentLogger } from '../kernel/log.js';
import { aCall, aTurn } from './fixtures.js';
import { migrate, migrations } from './migrations.js';
import { keepRetention } from './retention.js';
import { SqliteStore } from './sqlite-store.js';

let dir: string;
let path: string;
const open: SqliteStore[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-store-'));
  path = join(dir, 'data', 'handrail.db');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  rmSync(dir, { recursive: true, force: true });
});

function openStore({ keepWords = true, at = path, clock = new FakeClock(), log = silentLogger } = {}): SqliteStore {
  const store = SqliteStore.open({ path: at, keepWords, clock, log });
  open.push(store);
  return store;
}

describe('calls and turns', () => {
  it('come back as they went in, newest call first, turns in order', async () => {
    const store = openStore();
    const older = aCall({ callId: 'call-0', startedAtWallMs: 1_000 });
    await store.startCall(older);
    await store.startCall(aCall());
    const second = aTurn({
      turnId: 'turn-2',
      index: 2,
      input: { type: 'keys', digits: '42', meaning: { intent: undefined, slots: { number: '42' } } },
      fallback: 'caller',
    });
    const third = aTurn({ turnId: 'turn-3', index: 3, input: { type: 'none' }, outcome: 'noinput', marks: {} });
    for (const turn of [aTurn(), second, third]) await store.addTurn(turn);
    await store.endCall('call-1', { endedAtWallMs: 1_700_000_060_000, ending: 'transferred' });
    const ended = aCall({ endedAtWallMs: 1_700_000_060_000, ending: 'transferred' });
    expect(await store.recentCalls({ limit: 10 })).toStrictEqual([
      { ...ended, turns: [aTurn(), second, third] },
      { ...older, turns: [] },
    ]);
    expect(await store.call('call-0')).toStrictEqual({ ...older, turns: [] });
    expect(await store.call('nobody')).toBeUndefined();
  });

  it('keep the counters of their audio, and lose them with the call', async () => {
    const store = openStore();
    await store.startCall(aCall());
    const counters = { ...noTotals, received: 500, lost: 3, jitterMs: 1.25, waitMs: 20 };
    await store.addMedia('call-1', counters);
    expect((await store.call('call-1'))?.media).toStrictEqual(counters);
    expect((await store.recentCalls({ limit: 1 }))[0]?.media).toStrictEqual(counters);
    await store.purge(Number.MAX_SAFE_INTEGER);
    await store.startCall(aCall());
    expect(await store.call('call-1')).not.toHaveProperty('media');
  });

  it('are found by caller and start, and limited', async () => {
    const store = openStore();
    for (let i = 1; i <= 5; i++) {
      await store.startCall(
        aCall({ callId: `c${i}`, callerNumber: i % 2 ? '101' : '102', startedAtWallMs: i * 1_000 }),
      );
    }
    const ids = async (query: Parameters<SqliteStore['recentCalls']>[0]) =>
      (await store.recentCalls(query)).map(({ callId }) => callId);
    expect(await ids({ limit: 2 })).toEqual(['c5', 'c4']);
    expect(await ids({ limit: 10, caller: '101' })).toEqual(['c5', 'c3', 'c1']);
    expect(await ids({ limit: 10, caller: '101', sinceWallMs: 3_000 })).toEqual(['c5', 'c3']);
    expect(await ids({ limit: 10, caller: "' OR 1=1" })).toEqual([]);
  });

  it('are taken up again where an earlier process left them, once', async () => {
    const before = openStore();
    await before.startCall(aCall());
    await before.noteState('call-1', '{"at":"a"}');
    await before.noteState('call-1', '{"at":"b"}');
    await before.noteState('call-2', '{}');
    await before.forgetState('call-2');
    await before.close();

    const after = openStore();
    expect([...(await after.takeStates())]).toEqual([['call-1', '{"at":"b"}']]);
    expect(await after.takeStates()).toEqual(new Map());
    await after.endStaleCalls(5);
    expect((await after.call('call-1'))?.ending).toBe('failed');
    await after.startCall(aCall());
    expect(await after.call('call-1')).toStrictEqual({ ...aCall(), turns: [] });
  });

  it('hold no words when words are not kept', async () => {
    const store = openStore({ keepWords: false });
    await store.startCall(aCall());
    await store.addTurn(aTurn());
    const [turn] = (await store.call('call-1'))?.turns ?? [];
    expect(turn).toMatchObject({
      said: '',
      input: { text: '', confidence: 0.93, meaning: { intent: 'order', slots: {} } },
    });
    expect(JSON.stringify(turn)).not.toContain('latte');
  });

  it('are marked as failed when an earlier process left them open', async () => {
    const store = openStore();
    await store.startCall(aCall());
    await store.startCall(aCall({ callId: 'done', endedAtWallMs: 5, ending: 'hungup-by-flow' }));
    expect(await store.endStaleCalls(1_800_000_000_000)).toBe(1);
    expect(await store.call('call-1')).toMatchObject({ ending: 'failed', endedAtWallMs: 1_800_000_000_000 });
  });

  it('are deleted with their turns after the days that they are kept', async () => {
    const clock = new FakeClock();
    const store = openStore({ clock });
    const dayMs = 86_400_000;
    await store.startCall(aCall({ callId: 'old', startedAtWallMs: clock.wallMs() - 31 * dayMs }));
    await store.addTurn(aTurn({ callId: 'old' }));
    await store.startCall(aCall({ callId: 'young', startedAtWallMs: clock.wallMs() - 29.5 * dayMs }));
    const purge = (before: number): Promise<number> => store.purge(before);
    const stop = keepRetention({ kept: [{ what: 'calls', days: 30, purge }], clock, log: silentLogger });
    await clock.advanceAsync(0);
    expect((await store.recentCalls({ limit: 9 })).map(({ callId }) => callId)).toEqual(['young']);
    await clock.advanceAsync(dayMs);
    expect(await store.recentCalls({ limit: 9 })).toEqual([]);
    stop();
    expect(clock.pendingCount).toBe(0);
  });
});

describe('languages that callers chose', () => {
  it.each([
    ['after their days, also when nobody calls any more', 30, ['young']],
    ['all, where none is to be remembered any more', 0, []],
  ])('are deleted %s', async (_when, days, left) => {
    const clock = new FakeClock();
    const { callerLanguages } = openStore({ clock });
    await callerLanguages.choose('old', 'de-DE', clock.wallMs() - 31 * 86_400_000);
    await callerLanguages.choose('young', 'de-DE', clock.wallMs() - 86_400_000);
    const purge = (before: number): Promise<number> => callerLanguages.forgetBefore(before);
    const stop = keepRetention({ kept: [{ what: 'languages of callers', days, purge }], clock, log: silentLogger });
    await clock.advanceAsync(0);
    const known = await Promise.all(
      ['old', 'young'].map(async (who) => ((await callerLanguages.of(who, 0)) ? [who] : [])),
    );
    expect(known.flat()).toEqual(left);
    stop();
  });
});

describe('a database in trouble', () => {
  it('locked by another process: writes wait, then arrive', async () => {
    const clock = new FakeClock();
    const log = new RecordingLogger();
    const store = openStore({ clock, log });
    const other = new BetterSqlite3(path);
    other.exec('BEGIN IMMEDIATE');
    await store.startCall(aCall());
    clock.advance(20);
    expect(store.stats()).toEqual({ waiting: 1, lost: 0 });
    other.exec('ROLLBACK');
    other.close();
    clock.advance(250);
    expect(store.stats()).toEqual({ waiting: 0, lost: 0 });
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'info']);
    expect(await store.call('call-1')).toBeDefined();
  });

  it('full: writes wait within bounds', async () => {
    const clock = new FakeClock();
    const store = openStore({ clock });
    // The store's own connection is what must run full, so the limit is set through it.
    (store as unknown as { database: BetterSqlite3.Database }).database.pragma('max_page_count = 1');
    await store.startCall(aCall());
    for (let i = 0; i < 200; i++) await store.addTurn(aTurn({ turnId: `t${i}`, index: i, said: 'x'.repeat(5_000) }));
    clock.advance(20);
    expect(store.stats()).toEqual({ waiting: 201, lost: 0 });
  });

  it('a turn of an unknown call is lost alone', async () => {
    const clock = new FakeClock();
    const store = openStore({ clock });
    await store.addTurn(aTurn({ callId: 'nobody' }));
    await store.startCall(aCall());
    clock.advance(20);
    expect(store.stats()).toEqual({ waiting: 0, lost: 1 });
    expect(await store.call('call-1')).toBeDefined();
  });

  it('broken: is set aside whole, told, and a new one is begun', async () => {
    const at = join(dir, 'text.db');
    const text = 'this is no database, whatever its name says. '.repeat(50);
    writeFileSync(at, text);
    const log = new RecordingLogger();
    const store = openStore({ at, log });
    await store.startCall(aCall());
    expect(await store.call('call-1')).toBeDefined();
    const [told] = log.lines;
    expect(told).toMatchObject({ level: 'error', message: 'the database is broken; a new one is begun' });
    expect(readFileSync(String(told?.fields['aside']), 'utf8')).toBe(text);
  });

  it('of a newer Handrail: says so when opened', () => {
    const newer = new BetterSqlite3(join(dir, 'newer.db'));
    migrate(newer, [...migrations, 'CREATE TABLE future (x)']);
    newer.close();
    expect(() => openStore({ at: join(dir, 'newer.db') })).toThrow(
      `has schema ${migrations.length + 1}, this Handrail knows ${migrations.length}`,
    );
  });

  it('closes twice without harm, and rejects reads afterwards', async () => {
    const store = openStore();
    await store.close();
    await store.close();
    await expect(store.call('x')).rejects.toMatchObject({ code: 'HR_STORE_FAILED' });
  });
});

describe('migrations', () => {
  it('bring a database of every earlier version to the newest, with its data', async () => {
    for (let version = 1; version <= migrations.length; version++) {
      const at = join(dir, `v${version}.db`);
      const old = new BetterSqlite3(at);
      migrate(old, migrations.slice(0, version));
      old.exec("INSERT INTO calls VALUES ('old', '1.1', '101', '300', 'cafe', 1, 1000, 2000, 'hungup-by-caller')");
      old.close();
      const store = openStore({ at });
      expect(await store.call('old')).toMatchObject({ callerNumber: '101', ending: 'hungup-by-caller' });
      expect(await store.flows.versions('cafe')).toEqual([]);
    }
  });

  it('a step that fails leaves the version before it', () => {
    const database = new BetterSqlite3(':memory:');
    expect(() => migrate(database, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'])).toThrow();
    expect(database.prepare('SELECT version FROM schema_version').get()).toEqual({ version: 1 });
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'b'").get()).toBeUndefined();
  });
});
