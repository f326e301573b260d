import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The same folder as src/kernel/paths.ts finds: everything made at set-up or at run time lies in it. */
export const homeDir = resolve(process.env.HANDRAIL_HOME ?? join(projectRoot, '.handrail'));

export const python = join(homeDir, 'venv/bin/python');
export const pbxPrefix = join(homeDir, 'pbx/prefix');
export const llamaPrefix = join(homeDir, 'llama/prefix');

/** Whether the operator named an Asterisk of their own, so that no private one is needed. */
export function pbxIsConfigured() {
  if (process.env.HANDRAIL_ARI_URL) return true;
  const file = process.env.HANDRAIL_CONFIG ?? join(projectRoot, 'handrail.config.json');
  if (!existsSync(file)) return false;
  try {
    return Boolean(JSON.parse(readFileSync(file, 'utf8')).ari?.url);
  } catch {
    return false; // the controller's config loader says what is wrong with the file, with line and legal values
  }
}
