import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { Value } from 'typebox/value';
import { HandrailError } from '../kernel/errors.js';
import { migrations } from '../store/migrations.js';
import { unpack } from './archive.js';
import { BackupList, Keys, layout } from './backup-list.js';
import { hashFile } from './file-hash.js';

export interface RestoreOptions {
  readonly archive: string;
  /** What `handrail backup --keys` wrote. */
  readonly keysFile?: string | undefined;
  /** Must have neither database nor configuration. */
  readonly dataDir: string;
}

export interface RestoreReport {
  readonly list: BackupList;
  readonly configFile: string;
  /** Files that the configuration names and that must be written by hand: the backup came without its keys. */
  readonly missingKeys: readonly string[];
}

/**
 * Puts a backup into an empty data folder. Everything is unpacked and compared beside it first; the database comes last,
 * so that a restore that was cut off can simply be run again.
 *
 * @throws HandrailError HR_BACKUP when the folder is in use, the backup is broken or of a newer Handrail; HR_DISK_FULL
 */
export async function restoreBackup({ archive, keysFile, dataDir }: RestoreOptions): Promise<RestoreReport> {
  for (const name of [layout.database, layout.config]) {
    if (existsSync(join(dataDir, name)))
      throw new HandrailError(
        'HR_BACKUP',
        `${join(dataDir, name)} is there already: move it away, nothing is overwritten.`,
      );
  }
  const keys = keysFile === undefined ? {} : await readKeys(keysFile);
  await mkdir(dataDir, { recursive: true });
  const scratch = await mkdtemp(join(dataDir, '.restore-'));
  try {
    await unpack(archive, scratch, 'HR_BACKUP');
    const from = join(scratch, 'handrail-backup');
    const list = await readList(from, archive);
    const { text, secrets } = await localConfig(from, dataDir);
    for (const [path, value] of Object.entries(keys)) {
      await mkdir(join(dataDir, layout.secrets), { recursive: true, mode: 0o700 });
      await writeFile(join(dataDir, path), `${value}\n`, { mode: 0o600 });
    }
    for (const { path } of list.files) {
      if (path !== layout.database && path !== layout.config) await move(join(from, path), join(dataDir, path));
    }
    const configFile = join(dataDir, layout.config);
    await writeFile(join(from, layout.config), text, { mode: 0o600 });
    if (list.files.some(({ path }) => path === layout.database))
      await move(join(from, layout.database), join(dataDir, layout.database));
    await move(join(from, layout.config), configFile);
    return { list, configFile, missingKeys: secrets.filter((path) => !existsSync(path)) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readList(folder: string, archive: string): Promise<BackupList> {
  const list: unknown = JSON.parse(await readFile(join(folder, layout.list), 'utf8').catch(() => 'null'));
  if (!Value.Check(BackupList, list)) throw new HandrailError('HR_BACKUP', `${archive} is no backup of Handrail.`);
  if (list.schema > migrations.length)
    throw new HandrailError(
      'HR_BACKUP',
      `${archive} was made by Handrail ${list.version}, whose database is newer than this version knows: install that version.`,
    );
  for (const { path, sha256 } of list.files) {
    const inside = !isAbsolute(path) && !normalize(path).startsWith('..');
    const found = inside ? await hashFile(join(folder, path)).catch(() => undefined) : undefined;
    if (found !== sha256)
      throw new HandrailError('HR_BACKUP', `${path} in ${archive} is missing, or not what was backed up.`);
  }
  return list;
}

/** Paths in the backup are relative; here they become those of this data folder, whatever folder Handrail runs in. */
async function localConfig(
  folder: string,
  dataDir: string,
): Promise<{ readonly text: string; readonly secrets: readonly string[] }> {
  const config = JSON.parse(await readFile(join(folder, layout.config), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;
  const secrets: string[] = [];
  for (const group of Object.values(config)) {
    for (const [key, value] of Object.entries(group)) {
      if (typeof value !== 'string') continue;
      const isSecret = value.startsWith(`${layout.secrets}/`) && key.endsWith('File');
      if (isSecret) secrets.push(join(dataDir, value));
      if (isSecret || value.startsWith(`${layout.flows}/`)) group[key] = join(dataDir, value);
    }
  }
  return { text: `${JSON.stringify(config, undefined, 2)}\n`, secrets };
}

async function readKeys(file: string): Promise<Keys> {
  let keys: unknown;
  try {
    keys = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new HandrailError('HR_BACKUP', `The keys in ${file} cannot be read.`, { cause });
  }
  if (Value.Check(Keys, keys)) return keys;
  throw new HandrailError('HR_BACKUP', `${file} holds no keys of a backup.`);
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  await chmod(to, 0o600);
}
