import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { settings, type Config } from '../config/schema.js';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { Sensitive } from '../kernel/sensitive.js';
import { copyDatabase, schemaOf } from '../store/kept-database.js';
import { pack } from './archive.js';
import { layout, type BackupList, type Keys } from './backup-list.js';
import { hashFile } from './file-hash.js';
import { filesUnder, type PartFile } from './part.js';

export interface BackupOptions {
  readonly config: Config;
  /** The flow that is in force. */
  readonly flowFile: string;
  readonly dataDir: string;
  readonly out: string;
  /** Where secrets are written, apart from everything else; without it they are in no file at all. */
  readonly keysFile?: string | undefined;
  readonly version: string;
  readonly clock: Clock;
}

export interface BackupReport {
  readonly files: number;
  /** Paths of the secrets, as in the file of keys. */
  readonly keys: readonly string[];
  /** What the configuration names and is the operator's own: certificates, lists, voices. It is not in the backup. */
  readonly elsewhere: readonly string[];
}

/**
 * Writes a backup of everything that set-up cannot make again, while Handrail runs: the database as of one moment, the
 * configuration in force, flows, voicemail, recordings and captures. Only its owner may read it.
 *
 * @throws HandrailError HR_DISK_FULL, HR_USAGE, HR_BACKUP
 */
export async function makeBackup(options: BackupOptions): Promise<BackupReport> {
  const { config, flowFile, dataDir, out, keysFile, clock } = options;
  const stage = `${resolve(out)}.staging`;
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true, mode: 0o700 });
  try {
    const database = join(dataDir, layout.database);
    const hasDatabase = existsSync(database);
    if (hasDatabase) await copyDatabase(database, join(stage, layout.database));
    const flow = join(layout.flows, basename(flowFile));
    const { portable, keys } = portableConfig(config, flow);
    await writeFile(join(stage, layout.config), `${JSON.stringify(portable, undefined, 2)}\n`);
    const messages = join(config.ari.dialplanDir ?? join(dataDir, 'dialplan'), 'messages');
    const copied = new Map<string, PartFile>();
    for (const file of [
      ...folder(join(dataDir, layout.flows), layout.flows),
      { path: flow, from: flowFile },
      ...[layout.voicemail, layout.outbox, layout.prompts, layout.recordings, layout.captures].flatMap((name) =>
        folder(join(dataDir, name), name),
      ),
      ...folder(messages, layout.messages),
    ])
      copied.set(file.path, file);
    for (const { path, from } of copied.values()) {
      await mkdir(dirname(join(stage, path)), { recursive: true });
      await copyFile(from, join(stage, path));
    }
    const list: BackupList = {
      format: 1,
      version: options.version,
      madeAt: new Date(clock.wallMs()).toISOString(),
      schema: hasDatabase ? schemaOf(join(stage, layout.database)) : 0,
      files: await listed(stage),
    };
    await writeFile(join(stage, layout.list), `${JSON.stringify(list, undefined, 1)}\n`);
    const timeSeconds = Math.floor(clock.wallMs() / 1000);
    await pack({ folder: stage, out, within: 'handrail-backup', timeSeconds, mode: 'u=rwX,go=', code: 'HR_BACKUP' });
    await chmod(out, 0o600);
    if (keysFile !== undefined) await writeKeys(keysFile, keys);
    return { files: list.files.length, keys: Object.keys(keys), elsewhere: namedElsewhere(portable, dataDir) };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/**
 * The settings that differ from their defaults, wherever they came from, so that they can be put into one file elsewhere.
 * Each secret is named by a file of its own.
 */
export function portableConfig(
  config: Config,
  flow: string,
): { readonly portable: Readonly<Record<string, Readonly<Record<string, unknown>>>>; readonly keys: Keys } {
  const portable: Record<string, Record<string, unknown>> = { flow: { file: flow } };
  const keys: Record<string, string> = {};
  for (const { section, key, schema } of settings) {
    const value = (config as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[section]?.[key];
    if (value === undefined || value === schema.default || (section === 'flow' && key === 'file')) continue;
    const group = (portable[section] ??= {});
    if (value instanceof Sensitive) {
      const path = `${layout.secrets}/${section}-${key}`;
      group[`${key}File`] = path;
      keys[path] = String(value.reveal());
    } else group[key] = value;
  }
  return { portable, keys };
}

/** Files and folders outside of the data folder that settings name by their whole path, alone or in a list. */
function namedElsewhere(
  portable: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  dataDir: string,
): string[] {
  const words = Object.values(portable).flatMap((group) =>
    Object.values(group).flatMap((value) => (typeof value === 'string' ? [value, ...value.split(/[,=] */)] : [])),
  );
  return [...new Set(words)].filter(
    (path) => isAbsolute(path) && existsSync(path) && relative(dataDir, path).startsWith('..'),
  );
}

function folder(path: string, as: string): PartFile[] {
  return existsSync(path) ? filesUnder(path, as) : [];
}

async function listed(stage: string): Promise<BackupList['files']> {
  return Promise.all(filesUnder(stage, '').map(async ({ path, from }) => ({ path, sha256: await hashFile(from) })));
}

async function writeKeys(file: string, keys: Keys): Promise<void> {
  try {
    // Made anew, so that nobody’s older rights stay on it.
    await rm(file, { force: true });
    await writeFile(file, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new HandrailError('HR_BACKUP', `The keys could not be written to ${file}.`, { cause });
  }
}
