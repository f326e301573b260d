import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { dataDir } from '../kernel/paths.js';
import { SqliteStore } from '../store/sqlite-store.js';

export const auditUsage = `npx handrail audit verify                walk the audit log's chain of hashes`;

/**
 * `handrail audit verify`: reads the database itself, beside a controller or without one, and prints the number of entries and
 * the hash of the last. The log has that number and hash too (`audit`): entries cut off at the end show there.
 *
 * @throws HandrailError HR_AUDIT_BROKEN with the first entry that is missing or was changed, HR_USAGE, HR_STORE_FAILED
 */
export async function run(
  args: readonly string[],
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  if (args.length !== 1 || args[0] !== 'verify') throw new HandrailError('HR_USAGE', `Usage: ${auditUsage}`);
  const path = join(dataDir, 'handrail.sqlite');
  if (!existsSync(path)) throw new HandrailError('HR_STORE_FAILED', `${path}: there is no database yet`);
  const store = SqliteStore.open({ path, keepWords: true, clock: systemClock, log: silentLogger });
  try {
    const verdict = await store.audit.verify();
    if (!verdict.ok) throw new HandrailError('HR_AUDIT_BROKEN', `Entry ${verdict.seq} ${verdict.what}.`);
    print(`${verdict.entries} entries, unchanged; the last has hash ${verdict.head}`);
    return 0;
  } finally {
    await store.close();
  }
}
