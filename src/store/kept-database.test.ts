import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyDatabase, keptCopy, schemaOf, settleDatabase } from './kept-database.js';
import { migrate } from './migrations.js';

const steps = [
  'CREATE TABLE calls (id TEXT) STRICT',
  'ALTER TABLE calls ADD COLUMN note TEXT',
  'CREATE TABLE more (id TEXT) STRICT',
] as const;

let dir = '';
let path = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-kept-'));
  path = join(dir, 'handrail.sqlite');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function upTo(count: number): BetterSqlite3.Database {
  const database = new BetterSqlite3(path);
  database.pragma('journal_mode = WAL');
  migrate(database, steps.slice(0, count));
  return database;
}

const copies = (): string[] => readdirSync(dir).filter((name) => name.includes('.schema-'));

it('keeps a copy before a migration, with what was written last', () => {
  const old = upTo(1);
  old.exec(`INSERT INTO calls VALUES ('one')`);
  old.close();
  expect(copies()).toEqual([]);
  upTo(2).close();
  const copy = new BetterSqlite3(keptCopy(path, 1), { readonly: true });
  expect(copy.prepare('SELECT * FROM calls').all()).toEqual([{ id: 'one' }]);
  copy.close();
  expect([schemaOf(keptCopy(path, 1)), schemaOf(path)]).toEqual([1, 2]);
});

it('keeps one copy, and none of a database that is new or current', () => {
  for (const count of [1, 2, 2, 3, 3]) upTo(count).close();
  expect(copies()).toEqual(['handrail.sqlite.schema-2']);
});

it('does not migrate what it could not copy', () => {
  upTo(1).close();
  const database = new BetterSqlite3(path);
  expect(() => migrate(withoutVacuum(database), steps)).toThrow('database or disk is full');
  database.close();
  expect(schemaOf(path)).toBe(1);
});

/** A disk that is full when the copy is written. */
function withoutVacuum(database: BetterSqlite3.Database): BetterSqlite3.Database {
  const prepare = database.prepare.bind(database);
  return Object.assign(database, {
    prepare: (sql: string) => {
      if (sql.startsWith('VACUUM')) throw new BetterSqlite3.SqliteError('database or disk is full', 'SQLITE_FULL');
      return prepare(sql);
    },
  });
}

it('copies a database that is in use, and tells that it is', async () => {
  const controller = upTo(1);
  controller.exec(`INSERT INTO calls VALUES ('one')`);
  expect(settleDatabase(path)).toBe(false);
  await copyDatabase(path, join(dir, 'copy'));
  controller.close();
  const copy = new BetterSqlite3(join(dir, 'copy'), { readonly: true });
  expect(copy.prepare('SELECT id FROM calls').pluck().all()).toEqual(['one']);
  copy.close();
  expect(settleDatabase(path)).toBe(true);
});
