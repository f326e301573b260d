import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from './where.mjs';

/**
 * A stamp says from what a folder was made: a hash of its inputs. It lies in the folder that it vouches for, so it goes
 * when the folder goes, and two clones that share HANDRAIL_HOME do not believe each other's node_modules.
 */
export class Stamp {
  constructor(folder, key) {
    this.file = join(folder, '.handrail-stamp');
    this.key = key;
  }

  get fresh() {
    return existsSync(this.file) && readFileSync(this.file, 'utf8') === this.key;
  }

  write() {
    writeFileSync(this.file, this.key);
  }
}

/** A hash over the names and contents of files (paths inside the project) and over further words. */
export function hashOf(paths, ...words) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(projectRoot, path)))
      .update('\0');
  for (const word of words) hash.update(`${word}\0`);
  return hash.digest('hex');
}

/** The files under a folder of the project that `wanted` likes, sorted; none where the folder is absent. */
export function filesUnder(folder, wanted) {
  const root = join(projectRoot, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(projectRoot, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.includes('node_modules/') && wanted(path))
    .sort();
}
