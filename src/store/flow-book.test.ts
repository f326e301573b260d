import BetterSqlite3 from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { migrate, migrations } from './migrations.js';
import { SqliteStore } from './sqlite-store.js';

const entry = {
  flowId: 'cafe',
  json: '{}',
  author: 'ada',
  why: 'first',
  publishedAtWallMs: 1_000,
  origin: 'draft',
  restores: undefined,
} as const;
const draft = { flowId: 'cafe', json: '{}', basedOn: 1, author: 'ada', savedAtWallMs: 5 } as const;

function open(path = ':memory:'): SqliteStore {
  return SqliteStore.open({ path, keepWords: true, clock: new FakeClock(), log: silentLogger });
}

test('versions count from 1 for each flow, newest first, and are told from those of the file', async () => {
  const { flows: book } = open();
  expect(await book.append(entry)).toEqual({ ...entry, version: 1 });
  await book.append({ ...entry, origin: 'file' });
  await book.append({ ...entry, origin: 'rollback', restores: 1 });
  expect((await book.append({ ...entry, flowId: 'bank' })).version).toBe(1);
  expect((await book.versions('cafe')).map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(await book.newest('cafe')).toMatchObject({ version: 3, restores: 1 });
  expect(await book.newestFromFile('cafe')).toMatchObject({ version: 2 });
  expect(await book.version('cafe', 4)).toBeUndefined();
});

test('a draft is saved only over the revision that was seen', async () => {
  const { flows: book } = open();
  expect(await book.saveDraft(draft, 3)).toBeUndefined();
  expect(await book.saveDraft(draft, 0)).toEqual({ ...draft, revision: 1 });
  expect(await book.saveDraft(draft, 0)).toBeUndefined();
  expect(await book.saveDraft({ ...draft, json: '{"a":1}', basedOn: 9, author: 'bo' }, 1)).toEqual({
    ...draft,
    json: '{"a":1}',
    author: 'bo',
    revision: 2,
  });
  expect(await book.saveDraft(draft, 1)).toBeUndefined();
  await book.dropDraft('cafe');
  expect(await book.draft('cafe')).toBeUndefined();
});

test('versions of a database before drafts are kept, as read from their file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'handrail-book-'));
  const at = join(dir, 'old.db');
  const old = new BetterSqlite3(at);
  migrate(old, migrations.slice(0, 2));
  old.exec("INSERT INTO flow_versions VALUES ('cafe', 1, '{}', 7, 'read from cafe.json', 'published')");
  old.close();
  const store = open(at);
  expect(await store.flows.newest('cafe')).toEqual({
    ...entry,
    version: 1,
    author: 'handrail',
    why: 'read from cafe.json',
    publishedAtWallMs: 7,
    origin: 'file',
  });
  await store.close();
  rmSync(dir, { recursive: true });
});
