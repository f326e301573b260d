import type { Database } from 'better-sqlite3';
import type { KeptScenario, ScenarioBook } from '../flow/scenario-book.js';
import type { Scenario } from '../flow/scenario.js';
import type { Ask } from './port.js';

interface ScenarioRow {
  readonly scenario: string;
  readonly author: string;
  readonly saved_at_ms: number;
}

/** Scenarios in the table `flow_scenarios`, each as JSON. */
export class SqliteScenarioBook implements ScenarioBook {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  keep(flowId: string, kept: readonly KeptScenario[]): Promise<void> {
    return this.ask(() => {
      for (const { scenario, author, savedAtWallMs } of kept)
        this.#sql.keep.run(flowId, scenario.name, JSON.stringify(scenario), author, Math.round(savedAtWallMs));
    });
  }

  all(flowId: string): Promise<readonly KeptScenario[]> {
    return this.ask(() =>
      this.#sql.all.all(flowId).map(({ scenario, author, saved_at_ms }) => ({
        scenario: JSON.parse(scenario) as Scenario,
        author,
        savedAtWallMs: saved_at_ms,
      })),
    );
  }

  drop(flowId: string, name: string): Promise<boolean> {
    return this.ask(() => this.#sql.drop.run(flowId, name).changes > 0);
  }
}

function prepare(database: Database) {
  return {
    keep: database.prepare<[string, string, string, string, number]>(
      'INSERT OR REPLACE INTO flow_scenarios VALUES (?, ?, ?, ?, ?)',
    ),
    all: database.prepare<[string], ScenarioRow>(
      'SELECT scenario, author, saved_at_ms FROM flow_scenarios WHERE flow_id = ? ORDER BY name',
    ),
    drop: database.prepare<[string, string]>('DELETE FROM flow_scenarios WHERE flow_id = ? AND name = ?'),
  };
}
