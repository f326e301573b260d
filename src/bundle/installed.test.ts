import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { keepCopy, schemaOf } from '../store/kept-database.js';
import { prefixOf, rollBack } from './installed.js';

let prefix = '';
let dataDir = '';
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'handrail-installed-'));
  dataDir = join(prefix, 'data');
  mkdirSync(dataDir);
  version('old', 2);
  version('new', 3);
  symlinkSync('versions/new', join(prefix, 'current'));
  symlinkSync('versions/old', join(prefix, 'previous'));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

function version(id: string, schema: number, check = 'exit 0'): void {
  const folder = join(prefix, 'versions', id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'MANIFEST.json'), JSON.stringify({ schema }));
  writeFileSync(join(folder, 'handrail'), `#!/bin/sh\n${check}\n`);
  chmodSync(join(folder, 'handrail'), 0o755);
}

const file = (): string => join(dataDir, 'handrail.sqlite');

/** A database that was migrated from schema 2 to 3, with a call before it and one after. */
function migrated(): void {
  const database = new BetterSqlite3(file());
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE schema_version (version INTEGER); INSERT INTO schema_version VALUES (2)');
  database.exec(`CREATE TABLE calls (id TEXT); INSERT INTO calls VALUES ('before')`);
  keepCopy(database, 2);
  database.exec(`UPDATE schema_version SET version = 3; INSERT INTO calls VALUES ('after')`);
  database.close();
}

function callsIn(path: string): unknown[] {
  const database = new BetterSqlite3(path, { readonly: true });
  const found = database.prepare('SELECT id FROM calls').pluck().all();
  database.close();
  return found;
}

const back = () => rollBack(prefix, dataDir, new FakeClock());
const links = () => ['current', 'previous'].map((name) => readlinkSync(join(prefix, name)));

it('changes the versions over, and a second time forward again', async () => {
  expect(await back()).toEqual({ from: 'new', to: 'old', newerDatabase: undefined });
  expect(links()).toEqual(['versions/old', 'versions/new']);
  expect(await back()).toMatchObject({ from: 'old', to: 'new' });
  expect(links()).toEqual(['versions/new', 'versions/old']);
});

it('brings back the database of before, and keeps the newer one', async () => {
  migrated();
  const { newerDatabase } = await back();
  expect(callsIn(file())).toEqual(['before']);
  expect(schemaOf(file())).toBe(2);
  expect(callsIn(newerDatabase ?? '')).toEqual(['before', 'after']);
  expect(readdirSync(dataDir).filter((name) => /-(wal|shm)$|\.part$/.test(name))).toEqual([]);
});

it('brings back an older one still, when the version of before had not started yet', async () => {
  version('old', 2);
  version('new', 4);
  migrated();
  rmSync(`${file()}.schema-2`);
  const database = new BetterSqlite3(file());
  database.exec('UPDATE schema_version SET version = 1');
  keepCopy(database, 1);
  database.exec('UPDATE schema_version SET version = 4');
  database.close();
  await back();
  expect(schemaOf(file())).toBe(1);
});

it('keeps a database that the older version can read', async () => {
  version('old', 3);
  migrated();
  expect((await back()).newerDatabase).toBeUndefined();
  expect(callsIn(file())).toEqual(['before', 'after']);
});

it('refuses while a controller has the newer database open, and changes nothing', async () => {
  migrated();
  const controller = new BetterSqlite3(file());
  controller.prepare('SELECT count(*) FROM calls').get();
  await expect(back()).rejects.toThrow(/in use.*stop Handrail/s);
  expect(links()).toEqual(['versions/new', 'versions/old']);
  controller.exec(`INSERT INTO calls VALUES ('later')`);
  controller.close();
  expect(callsIn(file())).toEqual(['before', 'after', 'later']);
});

it('refuses when no copy of the older database was kept', async () => {
  migrated();
  rmSync(`${file()}.schema-2`);
  await expect(back()).rejects.toThrow(/no copy of before the migration/);
  expect(links()).toEqual(['versions/new', 'versions/old']);
});

it('refuses a version that cannot run with this configuration, with its own words', async () => {
  writeFileSync(join(dataDir, 'handrail.config.json'), '{}');
  version('old', 2, `echo "unknown setting in $HANDRAIL_CONFIG"; exit 1`);
  migrated();
  await expect(back()).rejects.toThrow(`unknown setting in ${dataDir}/handrail.config.json`);
  expect(links()).toEqual(['versions/new', 'versions/old']);
  expect(schemaOf(file())).toBe(3);
});

it('refuses when there is nothing to go back to', async () => {
  rmSync(join(prefix, 'previous'));
  await expect(back()).rejects.toMatchObject({ code: 'HR_BUNDLE' });
  expect(() => prefixOf('/srv/clone')).toThrow(/was not installed from a bundle/);
  expect(prefixOf(join(prefix, 'versions/new'))).toBe(prefix);
  expect(existsSync(join(prefix, 'versions/old'))).toBe(true);
});
