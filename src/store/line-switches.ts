import type { Database } from 'better-sqlite3';
import type { Ask } from './port.js';

/** What people have switched on the line, by name. */
export class SqliteSwitches {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  get(name: string): Promise<string | undefined> {
    return this.ask(() => this.#sql.get.get(name)?.value);
  }

  set(name: string, value: string): Promise<void> {
    return this.ask(() => void this.#sql.set.run(name, value));
  }
}

function prepare(database: Database) {
  return {
    get: database.prepare<[string], { readonly value: string }>('SELECT value FROM line_switches WHERE name = ?'),
    set: database.prepare<[string, string]>(
      'INSERT INTO line_switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
  };
}
