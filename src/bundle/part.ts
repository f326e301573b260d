import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A file or symbolic link of the bundle: its path there, with `/`, and where it lies now. */
export interface PartFile {
  readonly path: string;
  readonly from: string;
}

/** Something that the bundle carries and that has a licence and a source of its own: a line of MANIFEST.json and of the SBOM. */
export interface Part {
  /** CycloneDX’s word for it. */
  readonly type: 'application' | 'library' | 'machine-learning-model' | 'data';
  readonly name: string;
  readonly version: string;
  /** An SPDX expression where the publisher gives one, else in words. */
  readonly licence: string;
  /** Where it was taken from: a package URL, or an address. */
  readonly source: string;
  /** Of the package as it was downloaded, not of the files here. */
  readonly hash?: { readonly alg: 'SHA-256' | 'SHA-512'; readonly hex: string };
  /** None for a package whose files lie among those of another part: Debian’s in their prefix. */
  readonly files: readonly PartFile[];
}

/**
 * The files and links under a folder, in the order of their paths.
 * @param as the folder’s path in the bundle
 * @param wanted asked with the path relative to the folder
 */
export function filesUnder(folder: string, as: string, wanted: (path: string) => boolean = () => true): PartFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split('/').includes('__pycache__') && wanted(path))
    .sort()
    .map((path) => ({ path: join(as, path), from: join(folder, path) }));
}
