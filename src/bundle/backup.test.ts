import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { migrate, migrations } from '../store/migrations.js';
import { makeBackup } from './backup.js';
import { restoreBackup } from './restore.js';

/** What was kept of calls on demand. */
const taps = [
  ['recordings', 'call-1.wav'],
  ['captures', 'call-1.pcap'],
] as const;

let dir = '';
let dataDir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-backup-'));
  dataDir = join(dir, 'data');
  mkdirSync(join(dataDir, 'voicemail'), { recursive: true });
  mkdirSync(join(dataDir, 'dialplan/messages'), { recursive: true });
  for (const [folder, name] of taps) {
    mkdirSync(join(dataDir, folder));
    writeFileSync(join(dataDir, folder, name), folder);
  }
  mkdirSync(join(dir, 'desk'));
  writeFileSync(join(dataDir, 'voicemail/one.wav'), 'a message');
  writeFileSync(join(dataDir, 'dialplan/messages/two.wav'), 'another');
  writeFileSync(join(dir, 'desk/our.json'), '{"id":"our"}');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const archive = (): string => join(dir, 'backup.tar.gz');
const keysFile = (): string => join(dir, 'keys.json');
const target = (): string => join(dir, 'restored');
const env = { HANDRAIL_ARI_URL: 'http://127.0.0.1:8088', HANDRAIL_ARI_PASSWORD: 'ari-secret', HANDRAIL_CALLS_MAX: '7' };

/** A database that a controller has open, with a row that is in its write-ahead log only. */
function openDatabase(): BetterSqlite3.Database {
  const database = new BetterSqlite3(join(dataDir, 'handrail.sqlite'));
  database.pragma('journal_mode = WAL');
  migrate(database);
  database.exec(`INSERT INTO calls VALUES ('c1', 'ch', '7001', '100', 'f', 1, 1, NULL, NULL)`);
  return database;
}

const backup = (keys?: string, more: Readonly<Record<string, string>> = {}) =>
  makeBackup({
    config: loadConfig({ env: { ...env, ...more }, cwd: dir }),
    flowFile: join(dir, 'desk/our.json'),
    dataDir,
    out: archive(),
    keysFile: keys,
    version: '1.0.0',
    clock: new FakeClock(),
  });

it('comes back whole on an empty machine, with secrets from their own file', async () => {
  const controller = openDatabase();
  const { keys } = await backup(keysFile());
  controller.close();
  expect(keys).toEqual(['secrets/ari-password']);
  const { list, configFile, missingKeys } = await restoreBackup({
    archive: archive(),
    keysFile: keysFile(),
    dataDir: target(),
  });
  expect(missingKeys).toEqual([]);
  expect(list).toMatchObject({ version: '1.0.0', schema: migrations.length });
  const config = loadConfig({ file: configFile, env: {} });
  expect(config.ari).toMatchObject({ url: env.HANDRAIL_ARI_URL });
  expect(config.ari.password?.reveal()).toBe('ari-secret');
  expect(config.calls.max).toBe(7);
  expect(readFileSync(config.flow.file, 'utf8')).toBe('{"id":"our"}');
  expect(readFileSync(join(target(), 'voicemail/one.wav'), 'utf8')).toBe('a message');
  expect(readFileSync(join(target(), 'dialplan/messages/two.wav'), 'utf8')).toBe('another');
  for (const [folder, name] of taps) expect(readFileSync(join(target(), folder, name), 'utf8')).toBe(folder);
  const database = new BetterSqlite3(join(target(), 'handrail.sqlite'));
  expect(database.prepare('SELECT call_id FROM calls').pluck().all()).toEqual(['c1']);
  database.close();
  expect(readdirSync(target()).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('names what is the operator’s and lies elsewhere', async () => {
  const [certificate, voice] = [join(dir, 'desk/pbx.pem'), join(dir, 'desk/thorsten.onnx')];
  for (const file of [certificate, voice]) writeFileSync(file, '');
  const { elsewhere } = await backup(undefined, {
    HANDRAIL_ARI_CA_FILE: certificate,
    HANDRAIL_TTS_VOICES: `de-DE=${voice}`,
    HANDRAIL_ARI_DIALPLAN_DIR: join(dataDir, 'dialplan'),
  });
  expect(elsewhere).toEqual([certificate, voice]);
});

it('lets nobody else read it, and keeps secrets out of the archive', async () => {
  await backup(keysFile());
  expect(statSync(archive()).mode & 0o777).toBe(0o600);
  expect(statSync(keysFile()).mode & 0o777).toBe(0o600);
  const unpacked = execFileSync('tar', ['-xzOf', archive()], { encoding: 'latin1' });
  expect(unpacked).toContain('passwordFile');
  expect(unpacked).not.toContain('ari-secret');
});

it('names the secrets that are missing when it comes back without its keys', async () => {
  await backup();
  expect(existsSync(keysFile())).toBe(false);
  const { missingKeys } = await restoreBackup({ archive: archive(), dataDir: target() });
  expect(missingKeys).toEqual([join(target(), 'secrets/ari-password')]);
});

it('overwrites nothing', async () => {
  await backup();
  mkdirSync(target());
  writeFileSync(join(target(), 'handrail.sqlite'), 'theirs');
  await expect(restoreBackup({ archive: archive(), dataDir: target() })).rejects.toMatchObject({ code: 'HR_BACKUP' });
  expect(readFileSync(join(target(), 'handrail.sqlite'), 'utf8')).toBe('theirs');
});

/** Packs a backup again after a change. */
function changed(change: (folder: string) => void): void {
  const look = join(dir, 'look');
  mkdirSync(look);
  execFileSync('tar', ['-xzf', archive(), '-C', look]);
  change(join(look, 'handrail-backup'));
  execFileSync('tar', ['-czf', archive(), '-C', look, 'handrail-backup']);
}

it.each([
  [
    'was changed',
    /voicemail\/one\.wav.*not what was backed up/,
    (folder: string) => writeFileSync(join(folder, 'voicemail/one.wav'), 'x'),
  ],
  ['lacks a file', /flows\/our\.json/, (folder: string) => rmSync(join(folder, 'flows/our.json'))],
  [
    'reaches outside',
    /\.\.\/x/,
    (folder: string) => edit(folder, (list) => ({ ...list, files: [{ path: '../x', sha256: '' }] })),
  ],
  [
    'is of a newer Handrail',
    /newer than this version/,
    (folder: string) => edit(folder, (list) => ({ ...list, schema: 99 })),
  ],
  ['is something else', /no backup/, (folder: string) => rmSync(join(folder, 'BACKUP.json'))],
])('is refused when it %s, and the folder stays empty', async (_what, words, change) => {
  await backup();
  changed(change);
  await expect(restoreBackup({ archive: archive(), dataDir: target() })).rejects.toThrow(words);
  expect(readdirSync(target())).toEqual([]);
});

function edit(folder: string, change: (list: object) => object): void {
  const file = join(folder, 'BACKUP.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as object)));
}
