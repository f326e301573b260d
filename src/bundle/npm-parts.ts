import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, type Part } from './part.js';

interface LockedPackage {
  readonly version: string;
  /** `npm:` aliases: the name that the registry knows. */
  readonly name?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** What packages carry and no run needs: other platforms’ binaries, and what a module was compiled from. */
const leftOut: readonly RegExp[] = [
  new RegExp(`^onnxruntime-node/bin/napi-v\\d+/(?!${process.platform}/${process.arch}/)`),
  /^better-sqlite3\/(deps|src)\//,
  /^better-sqlite3\/build\/(?!Release\/better_sqlite3\.node$)/,
];

/** The packages of node_modules that run, by the lock file; optional ones where they are installed. */
export function npmParts(root: string): Part[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional && existsSync(join(root, path)))
    .map(([path, locked]) => npmPart(root, path, locked));
}

function npmPart(root: string, path: string, locked: LockedPackage): Part {
  const name = locked.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const within = path.slice('node_modules/'.length);
  const wanted = (file: string): boolean =>
    !file.split('/').includes('node_modules') && !leftOut.some((pattern) => pattern.test(`${within}/${file}`));
  const hex = sha512Of(locked.integrity);
  return {
    type: 'library',
    name,
    version: locked.version,
    licence: locked.license ?? licenceOf(join(root, path, 'package.json')),
    source: `pkg:npm/${name.replace('@', '%40')}@${locked.version}`,
    ...(hex === undefined ? {} : { hash: { alg: 'SHA-512', hex } as const }),
    files: filesUnder(join(root, path), path, wanted),
  };
}

/** Older packages name their licence in forms of their own: `{ type }`, or a list of such. */
function licenceOf(packageJson: string): string {
  const { license, licenses } = JSON.parse(readFileSync(packageJson, 'utf8')) as {
    readonly license?: string | { readonly type?: string };
    readonly licenses?: readonly { readonly type?: string }[];
  };
  const named = typeof license === 'string' ? [license] : [license?.type, ...(licenses ?? []).map(({ type }) => type)];
  return named.filter(Boolean).join(' OR ') || 'not stated; see its files';
}

/** npm’s integrity is base64 of a SHA-512; CycloneDX wants hexadecimal. */
function sha512Of(integrity: string | undefined): string | undefined {
  const base64 = /sha512-([A-Za-z0-9+/=]+)/.exec(integrity ?? '')?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}
