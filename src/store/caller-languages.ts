import type { Database } from 'better-sqlite3';
import type { Ask } from './port.js';

/** Which language callers chose; a caller is a hash of their number. */
export class SqliteCallerLanguages {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  /** @param sinceWallMs what is older counts no more */
  of(caller: string, sinceWallMs: number): Promise<string | undefined> {
    return this.ask(() => this.#sql.of.get(caller, Math.round(sinceWallMs))?.language);
  }

  choose(caller: string, language: string, atWallMs: number): Promise<void> {
    return this.ask(() => void this.#sql.choose.run(caller, language, Math.round(atWallMs)));
  }

  forgetBefore(wallMs: number): Promise<number> {
    return this.ask(() => this.#sql.forget.run(Math.round(wallMs)).changes);
  }
}

function prepare(database: Database) {
  return {
    of: database.prepare<[string, number], { readonly language: string }>(
      'SELECT language FROM caller_languages WHERE caller = ? AND chosen_at_ms >= ?',
    ),
    choose: database.prepare<[string, string, number]>(
      `INSERT INTO caller_languages VALUES (?, ?, ?)
       ON CONFLICT (caller) DO UPDATE SET language = excluded.language, chosen_at_ms = excluded.chosen_at_ms`,
    ),
    forget: database.prepare<[number]>('DELETE FROM caller_languages WHERE chosen_at_ms < ?'),
  };
}
