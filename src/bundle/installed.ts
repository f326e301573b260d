import { execFile } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { newestKeptCopy, schemaOf, settleDatabase } from '../store/kept-database.js';
import type { Manifest } from './manifest.js';

/** Loading every engine’s libraries on a slow disk. */
const CHECK_WITHIN_MS = 120_000;

/**
 * Where `install.sh` puts versions: PREFIX/versions/ID, with the links `current` and `previous` beside that folder.
 * @param root the folder of the version that runs
 * @throws HandrailError HR_BUNDLE when it was not installed from a bundle
 */
export function prefixOf(root: string): string {
  const versions = dirname(root);
  if (basename(versions) === 'versions' && existsSync(join(root, 'MANIFEST.json'))) return dirname(versions);
  throw new HandrailError(
    'HR_BUNDLE',
    `${root} was not installed from a bundle, so there is no version to go back to.`,
  );
}

export interface RolledBack {
  readonly from: string;
  readonly to: string;
  /** Where the newer database was put, when the older version could not have read it. */
  readonly newerDatabase: string | undefined;
}

/**
 * Makes the version of before the current one. Its own check comes first, then the database, then the links: whatever
 * fails, the current version is still the one that it was.
 *
 * @throws HandrailError HR_BUNDLE when there is no other version, when it does not pass its check, or when the database is
 * too new for it and in use, or no copy of it was kept
 */
export async function rollBack(prefix: string, dataDir: string, clock: Clock): Promise<RolledBack> {
  const from = linkedVersion(prefix, 'current');
  const to = linkedVersion(prefix, 'previous');
  if (from === undefined || to === undefined || to === from || !existsSync(join(prefix, 'versions', to)))
    throw new HandrailError('HR_BUNDLE', `No other version is kept in ${prefix}.`);
  await passesItsCheck(join(prefix, 'versions', to), dataDir);
  const newerDatabase = bringBackDatabase(join(dataDir, 'handrail.sqlite'), schemaKnownBy(prefix, to), clock);
  point(prefix, 'current', to);
  point(prefix, 'previous', from);
  return { from, to, newerDatabase };
}

function linkedVersion(prefix: string, name: 'current' | 'previous'): string | undefined {
  try {
    return basename(readlinkSync(join(prefix, name)));
  } catch {
    return undefined; // there is no such link before the first upgrade
  }
}

/** One rename, so that the link is there at every moment. */
function point(prefix: string, name: 'current' | 'previous', id: string): void {
  const beside = join(prefix, `.${name}.new`);
  rmSync(beside, { force: true });
  symlinkSync(join('versions', id), beside);
  renameSync(beside, join(prefix, name));
}

function schemaKnownBy(prefix: string, id: string): number {
  const manifest = JSON.parse(readFileSync(join(prefix, 'versions', id, 'MANIFEST.json'), 'utf8')) as Manifest;
  return manifest.schema;
}

/** With the configuration that is in force, and without the database, which may be too new yet. */
async function passesItsCheck(version: string, dataDir: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'handrail-check-'));
  const config = join(dataDir, 'handrail.config.json');
  const env = {
    ...process.env,
    HANDRAIL_DATA: scratch,
    ...(process.env['HANDRAIL_CONFIG'] === undefined && existsSync(config) ? { HANDRAIL_CONFIG: config } : {}),
  };
  try {
    await promisify(execFile)(join(version, 'handrail'), ['bundle', '--check'], { env, timeout: CHECK_WITHIN_MS });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new HandrailError('HR_BUNDLE', `${basename(version)} cannot run here:\n${stdout}${stderr}`, { cause });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Puts the copy in place that was kept before the migration, and the newer database aside.
 * @returns where the newer one is, or `undefined` when the one that is there can be read by that version
 */
function bringBackDatabase(path: string, known: number, clock: Clock): string | undefined {
  if (!existsSync(path)) return undefined;
  const schema = schemaOf(path);
  if (schema <= known) return undefined;
  const copy = newestKeptCopy(path, known);
  if (copy === undefined)
    throw new HandrailError(
      'HR_BUNDLE',
      `${path} has schema ${String(schema)}, that version knows ${String(known)}, and no copy of before the migration is beside it.`,
    );
  if (!settleDatabase(path))
    throw new HandrailError(
      'HR_BUNDLE',
      `${path} is in use and must be changed for the older one: stop Handrail first (systemctl stop handrail); meanwhile callers get the dialplan’s menu.`,
    );
  const when = new Date(clock.wallMs()).toISOString().replace(/[:.]/g, '-');
  const aside = `${path}.newer-${when}`;
  const beside = `${path}.part`;
  copyFileSync(copy, beside);
  const { uid, gid } = statSync(path);
  // As root the file would else be root’s, and the service could not write to it.
  if (process.getuid?.() === 0) chownSync(beside, uid, gid);
  renameSync(path, aside);
  renameSync(beside, path);
  return aside;
}
