import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HandrailError } from '../../kernel/errors.js';
import { sensitive, type Sensitive } from '../../kernel/sensitive.js';
import { newSecret } from './secrets.js';

/** The name under which commands of this machine act. */
export const LOCAL = 'local';

export function localTokenFile(dataDir: string): string {
  return join(dataDir, 'local-token');
}

/**
 * The token by which commands on this machine reach the controller: whoever may read the file may do everything, as they
 * could with the database beside it. Made at the first start; readable by its owner alone.
 *
 * @throws HandrailError HR_STORE_FAILED when the file cannot be written
 */
export function keepLocalToken(dataDir: string): Sensitive<string> {
  const file = localTokenFile(dataDir);
  try {
    mkdirSync(dirname(file), { recursive: true });
    const known = readLocalToken(dataDir);
    if (!known) writeFileSync(file, `${newSecret()}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
    return known ?? sensitive(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw new HandrailError('HR_STORE_FAILED', file, { cause });
  }
}

/** @returns undefined where no controller has run yet, or another user's has */
export function readLocalToken(dataDir: string): Sensitive<string> | undefined {
  try {
    const token = readFileSync(localTokenFile(dataDir), 'utf8').trim();
    return token === '' ? undefined : sensitive(token);
  } catch {
    return undefined;
  }
}
