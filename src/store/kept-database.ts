import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Database } from 'better-sqlite3';

/** The copy that is kept of a database before it is brought to a newer schema: the way back for an older Handrail. */
export function keptCopy(path: string, schema: number): string {
  return `${path}.schema-${String(schema)}`;
}

/** Of the copies that are kept of a database, the newest that a Handrail can read which knows so many steps of the schema. */
export function newestKeptCopy(path: string, known: number): string | undefined {
  const readable = keptSchemas(path).filter((schema) => schema <= known);
  return readable.length === 0 ? undefined : keptCopy(path, Math.max(...readable));
}

/** Writes the copy. One is kept: those of earlier migrations go. @throws what SQLite throws, also when the disk is full */
export function keepCopy(database: Database, schema: number): void {
  const copy = keptCopy(database.name, schema);
  const beside = `${copy}.part`;
  rmSync(beside, { force: true });
  database.prepare('VACUUM INTO ?').run(beside);
  renameSync(beside, copy);
  for (const other of keptSchemas(database.name)) {
    if (other !== schema) rmSync(keptCopy(database.name, other), { force: true });
  }
}

function keptSchemas(path: string): number[] {
  const start = `${basename(path)}.schema-`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)));
}

/** How many steps of the schema a database has taken. @throws what SQLite throws when the file is no database of Handrail's */
export function schemaOf(path: string): number {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], { version: number }>('SELECT version FROM schema_version').get()?.version ?? 0;
  } finally {
    database.close();
  }
}

/** A copy of a database that may be in use: SQLite's online backup, always of one moment. */
export async function copyDatabase(path: string, to: string): Promise<void> {
  const database = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  try {
    await database.backup(to);
  } finally {
    database.close();
  }
}

/**
 * Brings everything of a database into its one file, which may then be moved.
 * @returns false when somebody else has it open
 */
export function settleDatabase(path: string): boolean {
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: 0 });
  try {
    database.pragma('journal_mode = DELETE');
    return true;
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  } finally {
    database.close();
  }
}
