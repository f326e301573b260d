import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HandrailError, type ErrorCode } from '../kernel/errors.js';

const execute = promisify(execFile);
const quiet = { maxBuffer: 1 << 26, env: { ...process.env, LC_ALL: 'C' } };

/** At their usual level: weights and compiled code are most of a bundle, and hardly get smaller by more. */
const compressors = [
  { ending: /\.tar\.zst$/, program: 'zstd', pack: 'zstd -q -T0', unpack: 'zstd -q -d' },
  { ending: /\.(tar\.gz|tgz)$/, program: 'gzip', pack: 'gzip -n', unpack: 'gzip -d' },
] as const;

export interface PackOptions {
  /** Folder whose contents are packed. */
  readonly folder: string;
  /** `.tar.zst` or `.tar.gz`: the ending chooses the compressor. */
  readonly out: string;
  /** Path that everything has in the archive. */
  readonly within: string;
  /** The time of every file, in seconds since 1970. */
  readonly timeSeconds: number;
  /** Rights of every file, as chmod takes them. */
  readonly mode: string;
  /** What a failure is told as. */
  readonly code: ErrorCode;
}

/**
 * Packs a folder by the tar (GNU) and the compressor of this system, streaming: the same files give the same bytes. The
 * archive has its name only when it is whole.
 *
 * @throws HandrailError HR_USAGE for another ending, HR_DISK_FULL, `code` for anything else
 */
export async function pack({ folder, out, within, timeSeconds, mode, code }: PackOptions): Promise<void> {
  const beside = `${out}.part`;
  const args = [
    ...[
      '--sort=name',
      `--mtime=@${String(timeSeconds)}`,
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      `--mode=${mode}`,
    ],
    // Without these the headers of long names carry the number of this process, and the times of access.
    ...['--format=posix', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
    // Links keep their targets: S. The first name is that of the folder itself.
    ...[`--transform=s,^\\.,${within},S`, '-I', (await compressorOf(out)).pack, '-cf', beside, '-C', folder, '.'],
  ];
  try {
    await execute('tar', args, quiet);
    await rename(beside, out);
  } catch (cause) {
    await rm(beside, { force: true });
    throw failure(cause, out, code);
  }
}

/** @throws HandrailError `code` when it is cut off, broken or no such archive, HR_DISK_FULL */
export async function unpack(archive: string, folder: string, code: ErrorCode): Promise<void> {
  const { unpack: command } = await compressorOf(archive);
  try {
    await execute('tar', ['-I', command, '--no-same-owner', '-xf', archive, '-C', folder], quiet);
  } catch (cause) {
    throw failure(cause, archive, code);
  }
}

/** `.tar.zst` where zstd is installed, else `.tar.gz`. */
export async function usualEnding(): Promise<string> {
  return (await isInstalled('zstd')) ? '.tar.zst' : '.tar.gz';
}

/** The namespace that `ssh-keygen -Y verify` must be given: a signature for one use is none for another. */
export const signatureNamespace = 'handrail-bundle';

/** Signs a file with the operator’s SSH key: `FILE.sig` beside it. @throws HandrailError HR_BUNDLE */
export async function sign(file: string, key: string): Promise<void> {
  if (!existsSync(key)) throw new HandrailError('HR_BUNDLE', `There is no key ${key}.`);
  await rm(`${file}.sig`, { force: true });
  try {
    await execute('ssh-keygen', ['-Y', 'sign', '-q', '-f', key, '-n', signatureNamespace, file], quiet);
  } catch (cause) {
    throw failure(cause, file, 'HR_BUNDLE');
  }
}

async function compressorOf(archive: string): Promise<(typeof compressors)[number]> {
  const found = compressors.find(({ ending }) => ending.test(archive));
  if (!found) throw new HandrailError('HR_USAGE', `${archive} must end with .tar.zst or .tar.gz.`);
  if (await isInstalled(found.program)) return found;
  throw new HandrailError(
    'HR_USAGE',
    `${found.program} is not installed here: install it, or choose another ending than ${archive} has.`,
  );
}

function isInstalled(program: string): Promise<boolean> {
  return execute(program, ['--version']).then(
    () => true,
    () => false,
  );
}

/** The programs’ own words, without the command line. */
function failure(cause: unknown, file: string, code: ErrorCode): HandrailError {
  const { stderr, message } = cause as { readonly stderr?: string; readonly message: string };
  const words = stderr?.trim() || message;
  if (/No space left|Disk quota/.test(words)) return new HandrailError('HR_DISK_FULL', file, { cause });
  return new HandrailError(code, `${file}: ${words.split('\n').slice(-3).join('; ')}.`, { cause });
}
