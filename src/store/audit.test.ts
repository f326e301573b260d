import BetterSqlite3 from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { SqliteStore } from './sqlite-store.js';

let dir: string;
let store: SqliteStore;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-audit-'));
  store = open();
  for (const [i, action] of ['flow.publish', 'user.add', 'flow.rollback'].entries())
    await store.audit.append({ atWallMs: i, who: 'ada', action, subject: 'cafe', from: '1', to: '2' });
});
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

function open(): SqliteStore {
  return SqliteStore.open({
    path: join(dir, 'audit.db'),
    keepWords: true,
    clock: new FakeClock(),
    log: silentLogger,
  });
}

/** Changes the file behind the program's back, as somebody with the rights of the service could. */
function tamper(sql: string): void {
  const database = new BetterSqlite3(join(dir, 'audit.db'));
  database.exec(`DROP TRIGGER audit_keeps_entries; DROP TRIGGER audit_keeps_all; ${sql}`);
  database.close();
}

test('numbers entries from 1 and chains them, over a restart too', async () => {
  await store.close();
  store = open();
  const { seq, hash } = await store.audit.append({
    atWallMs: 9,
    who: 'bo',
    action: 'user.remove',
    subject: 'ada',
    from: '',
    to: '',
  });
  expect(seq).toBe(4);
  expect(await store.audit.verify()).toEqual({ ok: true, entries: 4, head: hash });
  const page = await store.audit.entries({ limit: 2, before: 4 });
  expect(page.map(({ action }) => action)).toEqual(['flow.rollback', 'user.add']);
});

test('entries cannot be changed or removed', () => {
  const database = new BetterSqlite3(join(dir, 'audit.db'));
  expect(() => database.exec("UPDATE audit SET who = 'eve' WHERE seq = 2")).toThrow('append-only');
  expect(() => database.exec('DELETE FROM audit WHERE seq = 3')).toThrow('append-only');
  database.close();
});

test.each([
  ["UPDATE audit SET who = 'eve' WHERE seq = 2", { seq: 2, what: 'is not what was written' }],
  ['DELETE FROM audit WHERE seq = 2', { seq: 2, what: 'is missing' }],
  ['DELETE FROM audit WHERE seq = 1', { seq: 1, what: 'is missing' }],
])('whoever gets round that is found out: %s', async (sql, found) => {
  tamper(sql);
  expect(await store.audit.verify()).toEqual({ ok: false, ...found });
});
