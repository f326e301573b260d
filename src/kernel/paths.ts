import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Handrail's package.json: the same when run from sources, from dist/ and from an installed bundle. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where everything that is made at set-up or at run time lives; nothing is written elsewhere. */
export const homeDir = resolve(process.env['HANDRAIL_HOME'] ?? join(projectRoot, '.handrail'));

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'asterisk'))) return dir;
    if (dir === dirname(dir)) return from;
  }
}
