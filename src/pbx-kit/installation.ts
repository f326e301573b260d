import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import type { Change } from './plan.js';
import { hasBlock, isOurs, withoutBlock } from './plan.js';

/** What was done to one file, so that it can be undone. */
interface Done {
  readonly file: string;
  /** Absent: the kit made the file. */
  readonly sha256Before?: string;
  readonly sha256After: string;
}

const listName = 'handrail-install.json';
const backupName = 'handrail-backup';
/** One character a byte: comments in another encoding come out as they went in. */
const ENCODING = 'latin1';
/** Readable by Asterisk's group, as Debian and FreePBX have it: a password stands in it. */
const NEW_FILE_MODE = 0o640;

/**
 * The kit's hand on a configuration folder of Asterisk. Every file that is changed lies in `handrail-backup` first, byte for
 * byte; `handrail-install.json` tells what was done, and is written before it is done.
 */
export class Installation {
  constructor(private readonly etcDir: string) {}

  /** Text of a file, or of all that a pattern like `extensions.d/*.conf` names; `undefined` when there is none. @throws HandrailError HR_PBX_KIT when it may not be read */
  readonly read = (name: string): string | undefined => {
    const path = name.startsWith('/') ? name : join(this.etcDir, name);
    if (basename(path).includes('*')) return this.#readAll(path);
    if (!existsSync(path)) return undefined;
    return this.#guard(path, () => readFileSync(path, ENCODING));
  };

  #readAll(pattern: string): string | undefined {
    const dir = dirname(pattern);
    if (!existsSync(dir)) return undefined;
    const wanted = new RegExp(`^${basename(pattern).split('*').map(escaped).join('.*')}$`);
    const files = this.#guard(dir, () => readdirSync(dir)).filter((file) => wanted.test(file));
    return files.map((file) => this.read(join(dir, file)) ?? '').join('\n');
  }

  /** Whether `apply` was carried out here. */
  get exists(): boolean {
    return existsSync(this.#path(listName));
  }

  /** Those that `apply` wrote. */
  get files(): string[] {
    return this.#list().map(({ file }) => file);
  }

  /** Writes what was planned. @throws HandrailError HR_PBX_KIT, HR_DISK_FULL; what was written by then is undone by `undo` */
  apply(changes: readonly Change[]): void {
    const done = new Map(this.#list().map((entry) => [entry.file, entry]));
    for (const { file, before, after } of changes) {
      const known = done.get(file);
      const entry: Done = { file, sha256After: sha256(after) };
      // The first installation's backup is the one that counts, unless somebody has written the file anew since.
      if (known && (before === undefined || isOurs(file) || hasBlock(before))) {
        done.set(file, { ...known, sha256After: entry.sha256After });
        continue;
      }
      done.set(file, before === undefined ? entry : { ...entry, sha256Before: sha256(before) });
      if (before !== undefined) this.#backUp(file);
    }
    this.#writeList([...done.values()]);
    for (const { file, after } of changes) this.#write(file, after);
  }

  /**
   * Takes everything back. A file that nobody has touched since is as it was, byte for byte; from one that was changed only
   * our lines go.
   *
   * @returns one line for each file that could not be left as it was before
   */
  undo(): string[] {
    const remarks: string[] = [];
    const kept: Done[] = [];
    for (const entry of this.#list()) {
      const { file, sha256Before, sha256After } = entry;
      const now = this.read(file);
      if (now === undefined || sha256(now) === sha256Before) continue;
      const untouched = sha256(now) === sha256After;
      if (sha256Before === undefined) {
        if (untouched) rmSync(this.#path(file));
        else {
          remarks.push(
            `${file} was changed since it was installed and is left where it is; nothing includes it any more.`,
          );
          kept.push(entry);
        }
      } else if (untouched) {
        this.#replace(file, readFileSync(join(this.#path(backupName), file)));
      } else {
        this.#write(file, withoutBlock(now));
        remarks.push(
          `${file} was changed since: only Handrail’s lines were taken out. As it was before: ${backupName}/${file}.`,
        );
        kept.push(entry);
      }
    }
    rmSync(this.#path(listName), { force: true });
    if (kept.length === 0) rmSync(this.#path(backupName), { recursive: true, force: true });
    return remarks;
  }

  #list(): Done[] {
    const text = this.read(listName);
    if (text === undefined) return [];
    const parsed = this.#guard(this.#path(listName), () => JSON.parse(text) as { readonly files?: readonly Done[] });
    return [...(parsed.files ?? [])];
  }

  #writeList(files: readonly Done[]): void {
    this.#write(listName, `${JSON.stringify({ files }, undefined, 2)}\n`);
  }

  #backUp(file: string): void {
    const dir = this.#path(backupName);
    this.#guard(dir, () => {
      mkdirSync(dir, { recursive: true, mode: 0o750 });
      writeFileSync(join(dir, file), readFileSync(this.#path(file)), { mode: 0o600 });
    });
  }

  #write(file: string, text: string): void {
    this.#replace(file, Buffer.from(text, ENCODING));
  }

  /** In one step, with the owner and rights that the file had, or that its neighbours have. */
  #replace(file: string, bytes: Buffer): void {
    const path = this.#path(file);
    const draft = `${path}.${randomBytes(4).toString('hex')}`;
    this.#guard(path, () => {
      try {
        const like = existsSync(path) ? statSync(path) : undefined;
        const { uid, gid } = like ?? statSync(this.etcDir);
        writeFileSync(draft, bytes, { mode: NEW_FILE_MODE, flush: true });
        chmodSync(draft, like ? like.mode & 0o777 : NEW_FILE_MODE);
        const own = statSync(draft);
        if (own.uid !== uid || own.gid !== gid) chownSync(draft, uid, gid);
        renameSync(draft, path);
      } finally {
        rmSync(draft, { force: true });
      }
    });
  }

  #path(file: string): string {
    return join(this.etcDir, file);
  }

  #guard<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new HandrailError(code === 'ENOSPC' ? 'HR_DISK_FULL' : 'HR_PBX_KIT', `${path}: ${why}`, { cause });
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function sha256(text: string): string {
  return createHash('sha256').update(text, ENCODING).digest('hex');
}
