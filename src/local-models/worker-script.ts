import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../kernel/paths.js';

/** The path of a Python worker: beside this file when they were built into the bundle, else in the sources. */
export function workerScript(name: string): string {
  const beside = fileURLToPath(new URL(`./workers/${name}`, import.meta.url));
  return existsSync(beside) ? beside : join(projectRoot, 'src', 'local-models', 'workers', name);
}

/** One sentence about the first path that is not there, or undefined: an engine without its files is `absent`. */
export function firstMissing(paths: readonly string[]): string | undefined {
  const missing = paths.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing} is missing; set-up has not been run or was interrupted`;
}
