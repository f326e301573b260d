import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, type Part } from './part.js';

/** A prefix into which set-up unpacked Debian packages. */
export interface DebianPrefix {
  readonly name: string;
  /** The package whose version is the prefix’s. */
  readonly mainPackage: string;
  readonly folder: string;
  /** Its path in the bundle. */
  readonly as: string;
}

/** One part with the files of the prefix, and one for each package in it. */
export function debianParts({ name, mainPackage, folder, as }: DebianPrefix): Part[] {
  const packages = readFileSync(join(folder, 'DEBS.sha256'), 'utf8')
    .split('\n')
    .flatMap((line) => debianPart(folder, line));
  return [
    {
      type: 'application',
      name,
      version: packages.find((part) => part.name === mainPackage)?.version ?? '',
      licence: 'those of its Debian packages',
      source: `Debian packages, listed in ${as}/DEBS.sha256`,
      files: filesUnder(folder, as),
    },
    ...packages,
  ];
}

/** A line of DEBS.sha256: `SHA256  name_version_architecture.deb`, with apt’s `%3a` for the colon of an epoch. */
function debianPart(prefix: string, line: string): Part[] {
  const match = /^([0-9a-f]{64}) {2}([^_]+)_([^_]+)_([^_]+)\.deb$/.exec(line);
  if (!match) return [];
  const [, hex = '', name = '', file = '', arch = ''] = match;
  const version = decodeURIComponent(file);
  return [
    {
      type: 'library',
      name,
      version,
      licence: licenceOf(prefix, name),
      source: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}`,
      hash: { alg: 'SHA-256', hex },
      files: [],
    },
  ];
}

/** Some packages only point to the documentation of another one, which is not among ours: GCC’s libraries. */
function licenceOf(prefix: string, name: string): string {
  const folder = join('usr/share/doc', name);
  if (existsSync(join(prefix, folder, 'copyright'))) return `see ${folder}/copyright`;
  const points = lstatSync(join(prefix, folder), { throwIfNoEntry: false })?.isSymbolicLink();
  const owner = points ? readlinkSync(join(prefix, folder)) : name;
  return `see the copyright file of Debian’s package ${owner}`;
}
