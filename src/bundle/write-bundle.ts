import { lstatSync, readlinkSync } from 'node:fs';
import { copyFile, link, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import { pack, sign } from './archive.js';
import { hashFile } from './file-hash.js';
import {
  buildManifest,
  hashOf,
  links,
  shellFacts,
  sums,
  type Content,
  type Manifest,
  type Target,
} from './manifest.js';
import type { Part } from './part.js';
import { cycloneDx } from './sbom.js';

export interface BundleOptions {
  /** The first one is what the bundle is. */
  readonly parts: readonly Part[];
  /** SHA-256 by path, where it is known what a file must be: the weights. */
  readonly expected?: ReadonlyMap<string, string>;
  readonly version: string;
  readonly target: Target;
  /** Steps of the database’s schema. */
  readonly schema: number;
  readonly out: string;
  /** The operator’s SSH key; without it nothing is signed. */
  readonly key?: string | undefined;
}

/** The time of every file in a bundle: 2026-01-01, so that the same files give the same archive. */
const BUNDLE_TIME_SECONDS = 1_767_225_600;
/** A name that a line of SHA256SUMS or LINKS cannot carry. */
const unusable = /[\\\n\r\t]/;

/**
 * Writes a bundle: the parts’ files, MANIFEST.json, SBOM.cdx.json, BUNDLE, LINKS and SHA256SUMS in one archive, and with a
 * key the signatures of SHA256SUMS (inside) and of the archive (beside it).
 *
 * @throws HandrailError HR_WEIGHT_HASH, HR_DISK_FULL, HR_USAGE, HR_BUNDLE
 */
export async function writeBundle(options: BundleOptions): Promise<Manifest> {
  const { parts, expected, out, key } = options;
  const stage = `${resolve(out)}.staging`;
  await rm(stage, { recursive: true, force: true });
  try {
    const contents = new Map<string, Content>();
    for (const { path, from } of parts.flatMap(({ files }) => files)) {
      if (contents.has(path) || unusable.test(path))
        throw new HandrailError('HR_BUNDLE', `“${path}” is there twice, or no name.`);
      const content = await place(from, join(stage, path));
      const wanted = expected?.get(path);
      if (wanted !== undefined && 'sha256' in content && content.sha256 !== wanted)
        throw new HandrailError('HR_WEIGHT_HASH', `${from}: its SHA-256 is ${content.sha256}, wanted is ${wanted}.`);
      contents.set(path, content);
    }
    const manifest = buildManifest(parts, contents, options);
    const texts = {
      'MANIFEST.json': `${JSON.stringify(manifest, undefined, 1)}\n`,
      'SBOM.cdx.json': cycloneDx(manifest, parts),
      BUNDLE: shellFacts(manifest),
      LINKS: links(contents),
    };
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(stage, name), text);
      contents.set(name, hashOf(text));
    }
    await writeFile(join(stage, 'SHA256SUMS'), sums(contents));
    if (key !== undefined) await sign(join(stage, 'SHA256SUMS'), key);
    await pack({
      folder: stage,
      out,
      within: `handrail-${manifest.id}`,
      timeSeconds: BUNDLE_TIME_SECONDS,
      mode: 'u=rwX,go=rX',
      code: 'HR_BUNDLE',
    });
    if (key !== undefined) await sign(out, key);
    return manifest;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Puts a file where it is packed from, without a second copy of its bytes where the disk allows, and says what it is. */
async function place(from: string, to: string): Promise<Content> {
  await mkdir(dirname(to), { recursive: true });
  if (lstatSync(from).isSymbolicLink()) {
    const target = readlinkSync(from);
    if (unusable.test(target)) throw new HandrailError('HR_BUNDLE', `The link ${from} cannot be carried.`);
    await symlink(target, to);
    return { link: target };
  }
  await link(from, to).catch(() => copyFile(from, to));
  return { sha256: await hashFile(to), bytes: (await stat(to)).size };
}
