import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { AuditEntry, AuditLog, AuditVerdict, NewAuditEntry } from './audit-port.js';
import type { Ask } from './port.js';

interface AuditRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string;
  readonly after: string;
  readonly hash: string;
}

/** The hash of the entry before the first. */
const GENESIS = '0'.repeat(64);

/** The table `audit`, which triggers keep append-only. */
export class SqliteAudit implements AuditLog {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    private readonly database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  append(entry: NewAuditEntry): Promise<AuditEntry> {
    return this.ask(
      this.database.transaction(() => {
        const last = this.#sql.newest.get();
        const numbered = { ...entry, seq: (last?.seq ?? 0) + 1 };
        const hash = hashOf(numbered, last?.hash ?? GENESIS);
        this.#sql.append.run({
          seq: numbered.seq,
          at_ms: entry.atWallMs,
          who: entry.who,
          action: entry.action,
          subject: entry.subject,
          before: entry.from,
          after: entry.to,
          hash,
        });
        return { ...numbered, hash };
      }),
    );
  }

  entries({ limit, before }: { readonly limit: number; readonly before?: number }): Promise<readonly AuditEntry[]> {
    return this.ask(() => this.#sql.entries.all({ limit, before: before ?? null }).map(fromRow));
  }

  verify(): Promise<AuditVerdict> {
    return this.ask(() => {
      let previous = GENESIS;
      let entries = 0;
      for (const row of this.#sql.all.iterate()) {
        const { hash, ...entry } = fromRow(row);
        if (entry.seq !== entries + 1) return { ok: false, seq: entries + 1, what: 'is missing' };
        if (hashOf(entry, previous) !== hash) return { ok: false, seq: entry.seq, what: 'is not what was written' };
        previous = hash;
        entries++;
      }
      return { ok: true, entries, head: previous };
    });
  }
}

function prepare(database: Database) {
  return {
    append: database.prepare<AuditRow>(
      'INSERT INTO audit VALUES (@seq, @at_ms, @who, @action, @subject, @before, @after, @hash)',
    ),
    newest: database.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1'),
    all: database.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq'),
    entries: database.prepare<{ limit: number; before: number | null }, AuditRow>(
      'SELECT * FROM audit WHERE @before IS NULL OR seq < @before ORDER BY seq DESC LIMIT @limit',
    ),
  };
}

/** A JSON list, so that no two entries give the same text. */
function hashOf({ seq, atWallMs, who, action, subject, from, to }: Omit<AuditEntry, 'hash'>, previous: string): string {
  const text = JSON.stringify([previous, seq, atWallMs, who, action, subject, from, to]);
  return createHash('sha256').update(text).digest('hex');
}

function fromRow(row: AuditRow): AuditEntry {
  return {
    seq: row.seq,
    atWallMs: row.at_ms,
    who: row.who,
    action: row.action,
    subject: row.subject,
    from: row.before,
    to: row.after,
    hash: row.hash,
  };
}
