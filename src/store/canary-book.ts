import type { Database } from 'better-sqlite3';
import type { CanaryBook, CanaryEnd, CanaryRecord } from '../flow/canary-book.js';
import type { CanaryPlan } from '../flow/canary.js';
import type { Ask } from './port.js';

interface CanaryRow {
  readonly flow_id: string;
  readonly version: number;
  readonly plan: string;
  readonly author: string;
  readonly why: string;
  readonly begun_at_ms: number;
  readonly ending: string | null;
}

/** Canaries in the table `flow_canaries`; the plan and the end are JSON. */
export class SqliteCanaryBook implements CanaryBook {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  begin({ flowId, version, author, why, begunAtWallMs, ...plan }: Omit<CanaryRecord, 'end'>): Promise<void> {
    return this.ask(
      () => void this.#sql.begin.run(flowId, version, JSON.stringify(plan), author, why, Math.round(begunAtWallMs)),
    );
  }

  end(flowId: string, version: number, end: CanaryEnd): Promise<void> {
    return this.ask(() => void this.#sql.end.run(JSON.stringify(end), flowId, version));
  }

  latest(flowId: string): Promise<CanaryRecord | undefined> {
    return this.ask(() => {
      const row = this.#sql.latest.get(flowId);
      return row && fromRow(row);
    });
  }
}

function prepare(database: Database) {
  return {
    begin: database.prepare<[string, number, string, string, string, number]>(
      'INSERT INTO flow_canaries VALUES (?, ?, ?, ?, ?, ?, NULL)',
    ),
    end: database.prepare<[string, string, number]>(
      'UPDATE flow_canaries SET ending = ? WHERE flow_id = ? AND version = ? AND ending IS NULL',
    ),
    latest: database.prepare<[string], CanaryRow>(
      'SELECT * FROM flow_canaries WHERE flow_id = ? ORDER BY version DESC LIMIT 1',
    ),
  };
}

function fromRow(row: CanaryRow): CanaryRecord {
  return {
    ...(JSON.parse(row.plan) as CanaryPlan),
    flowId: row.flow_id,
    version: row.version,
    author: row.author,
    why: row.why,
    begunAtWallMs: row.begun_at_ms,
    end: row.ending === null ? undefined : (JSON.parse(row.ending) as CanaryEnd),
  };
}
