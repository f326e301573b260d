import { createHash } from 'node:crypto';
import { HandrailError } from '../kernel/errors.js';
import type { Part } from './part.js';

/** What a file or link of the bundle is, once it was read. */
export type Content = { readonly sha256: string; readonly bytes: number } | { readonly link: string };

/** For which machine a bundle is. */
export interface Target {
  readonly os: 'linux';
  /** As Node names it, and as `uname -m` does. */
  readonly arch: string;
  readonly machine: string;
  /** The minor version of Python that the engines’ packages were made for: `3.11`. */
  readonly python: string;
}

export interface Manifest {
  readonly format: 1;
  /** `VERSION-BUILD`: also the name of the folder that it is installed in. */
  readonly id: string;
  readonly version: string;
  /** The beginning of a hash over every file: the same files give the same build. */
  readonly build: string;
  readonly target: Target;
  /** Steps of the database’s schema that this version knows. */
  readonly schema: number;
  /** Of all files together. */
  readonly bytes: number;
  readonly parts: readonly ManifestPart[];
}

export interface ManifestPart extends Omit<Part, 'files' | 'hash'> {
  readonly files: readonly ({ readonly path: string } & Content)[];
}

export type Contents = ReadonlyMap<string, Content>;

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** @throws HandrailError HR_BUNDLE for a machine that there are no engines for */
export function targetOf(os: string, arch: string, python: string): Target {
  const machine = machines[arch];
  if (os !== 'linux' || machine === undefined)
    throw new HandrailError('HR_BUNDLE', `Bundles are made for Linux on x64 and arm64, and this is ${os} on ${arch}.`);
  return { os, arch, machine, python };
}

export function buildManifest(
  parts: readonly Part[],
  contents: Contents,
  { version, target, schema }: Pick<Manifest, 'version' | 'target' | 'schema'>,
): Manifest {
  const build = createHash('sha256').update(sums(contents)).update(links(contents)).digest('hex').slice(0, 8);
  return {
    format: 1,
    id: `${version}-${build}`,
    version,
    build,
    target,
    schema,
    bytes: [...contents.values()].reduce((sum, content) => sum + ('bytes' in content ? content.bytes : 0), 0),
    parts: parts.map(({ files, hash: _download, ...part }) => ({
      ...part,
      files: files.map(({ path }) => ({ path, ...contentOf(contents, path) })),
    })),
  };
}

/** SHA256SUMS, as `sha256sum` writes and checks it. */
export function sums(contents: Contents): string {
  return lines(contents, (path, content) => ('link' in content ? undefined : `${content.sha256}  ${path}`));
}

/** LINKS: a path and its target, with a tab between, for a shell to compare: `sha256sum` knows no links. */
export function links(contents: Contents): string {
  return lines(contents, (path, content) => ('link' in content ? `${path}\t${content.link}` : undefined));
}

/** BUNDLE: what `install.sh` must know before anything of the bundle can run, a `key=value` a line. */
export function shellFacts({ id, target, bytes }: Manifest): string {
  return `id=${id}\nmachine=${target.machine}\npython=${target.python}\nkilobytes=${String(Math.ceil(bytes / 1024))}\n`;
}

export function hashOf(content: string | Buffer): Extract<Content, { sha256: string }> {
  const bytes = Buffer.from(content);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

function lines(contents: Contents, line: (path: string, content: Content) => string | undefined): string {
  return [...contents]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, content]) => line(path, content) ?? [])
    .map((text) => `${text}\n`)
    .join('');
}

function contentOf(contents: Contents, path: string): Content {
  const content = contents.get(path);
  if (!content) throw new HandrailError('HR_BUNDLE', `${path} was not read.`);
  return content;
}
