import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Handrail's package.json: the same when run from sources, from dist/ and from an installed bundle. */
export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where everything lives that set-up makes: Python, models, the private Asterisk, rendered prompts. */
export const homeDir = resolve(process.env['HANDRAIL_HOME'] ?? join(projectRoot, '.handrail'));

/** Where a running system writes: database, logs, voicemail. Its own folder where several run side by side. */
export const dataDir = resolve(process.env['HANDRAIL_DATA'] ?? join(homeDir, 'data'));

/** What is made once and can be made again: rendered prompts, the recogniser's graph. An installed bundle has it with the data. */
export const cacheDir = resolve(process.env['HANDRAIL_CACHE'] ?? join(homeDir, 'cache'));

function findRoot(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'asterisk'))) return dir;
    if (dir === dirname(dir)) return from;
  }
}
