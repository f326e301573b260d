import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../kernel/clock.js';
import { explain, HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { LegStats } from '../externalmedia/port.js';
import type { CallRecord, TurnRecord } from '../observability/turn-record.js';
import { SqliteAccess } from './access.js';
import { SqliteAudit } from './audit.js';
import { SqliteCallbacks } from './callbacks.js';
import { SqliteCallerLanguages } from './caller-languages.js';
import { SqliteCanaryBook } from './canary-book.js';
import { SqliteFigures } from './figures.js';
import { SqliteFlowBook } from './flow-book.js';
import { SqliteSwitches } from './line-switches.js';
import { migrate } from './migrations.js';
import type { Ask, CallEnd, CallQuery, CallStore, StoredCall, StoreStats } from './port.js';
import { SqliteScenarioBook } from './scenario-book.js';
import { callFromRow, callToRow, turnFromRow, turnToRow } from './rows.js';
import type { CallRow, TurnRow } from './rows.js';
import { WriteQueue } from './write-queue.js';

export interface SqliteStoreOptions {
  /** The database file; its folder is made. `:memory:` for tests. */
  readonly path: string;
  /** Whether what callers said and pressed is stored at all. */
  readonly keepWords: boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Everything that is kept, in one SQLite file: calls and turns, places of running calls, flow versions, users, audit.
 */
export class SqliteStore implements CallStore {
  /** Versions and drafts of flows. */
  readonly flows: SqliteFlowBook;
  readonly canaries: SqliteCanaryBook;
  /** The tests of flows. */
  readonly scenarios: SqliteScenarioBook;
  /** Sums over calls and turns. */
  readonly figures: SqliteFigures;
  readonly access: SqliteAccess;
  readonly audit: SqliteAudit;
  readonly callerLanguages: SqliteCallerLanguages;
  readonly switches: SqliteSwitches;
  readonly callbacks: SqliteCallbacks;
  readonly #queue: WriteQueue;
  readonly #sql: ReturnType<typeof prepare>;

  /**
   * Opens the database, and makes it where there is none. One that is broken is set aside, whole, and a new one is begun:
   * callers do not wait for somebody who mends it.
   *
   * @throws HandrailError HR_STORE_FAILED when the file cannot be opened, or was written by a newer Handrail
   */
  static open(options: SqliteStoreOptions): SqliteStore {
    try {
      return SqliteStore.#open(options);
    } catch (error) {
      if (!isBroken(error)) throw error;
      const aside = setAside(options.path, options.clock.wallMs());
      options.log.error(
        { path: options.path, aside, problem: explain(error) },
        'the database is broken; a new one is begun',
      );
      return SqliteStore.#open(options);
    }
  }

  static #open(options: SqliteStoreOptions): SqliteStore {
    let database: Database | undefined;
    try {
      if (options.path !== ':memory:') mkdirSync(dirname(options.path), { recursive: true });
      database = new BetterSqlite3(options.path);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      database.pragma('foreign_keys = ON');
      // SQLite waits inside our main thread, so briefly: the queue tries again later, without blocking calls.
      database.pragma('busy_timeout = 50');
      migrate(database);
      return new SqliteStore(database, options);
    } catch (error) {
      database?.close();
      throw failed(error, options.path);
    }
  }

  private constructor(
    private readonly database: Database,
    private readonly options: SqliteStoreOptions,
  ) {
    this.#sql = prepare(database);
    this.#queue = new WriteQueue({
      clock: options.clock,
      log: options.log,
      transaction: (work) => database.transaction(work).immediate(),
    });
    this.flows = new SqliteFlowBook(database, this.#ask);
    this.canaries = new SqliteCanaryBook(database, this.#ask);
    this.scenarios = new SqliteScenarioBook(database, this.#ask);
    this.figures = new SqliteFigures(database, this.#ask);
    this.access = new SqliteAccess(database, this.#ask);
    this.audit = new SqliteAudit(database, this.#ask);
    this.callbacks = new SqliteCallbacks(database, this.#ask);
    this.switches = new SqliteSwitches(database, this.#ask);
    this.callerLanguages = new SqliteCallerLanguages(database, this.#ask);
  }

  startCall(call: CallRecord): Promise<void> {
    return this.#write(() => this.#sql.insertCall.run(callToRow(call)));
  }

  endCall(callId: string, { endedAtWallMs, ending }: CallEnd): Promise<void> {
    return this.#write(() => this.#sql.endCall.run(Math.round(endedAtWallMs), ending, callId));
  }

  addTurn(turn: TurnRecord): Promise<void> {
    return this.#write(() => this.#sql.insertTurn.run(turnToRow(turn, this.options.keepWords)));
  }

  addMedia(callId: string, counters: LegStats): Promise<void> {
    return this.#write(() => this.#sql.insertMedia.run(callId, JSON.stringify(counters)));
  }

  addConsent(callId: string, agreed: boolean, atWallMs: number): Promise<void> {
    return this.#write(() => this.#sql.insertConsent.run(callId, Number(agreed), Math.round(atWallMs)));
  }

  recentCalls({ limit, caller, sinceWallMs }: CallQuery): Promise<StoredCall[]> {
    const query = { limit: Math.min(500, Math.max(1, limit)), caller: caller ?? null, since: sinceWallMs ?? 0 };
    return this.#ask(() => this.#sql.recentCalls.all(query).map((row) => this.#withTurns(row)));
  }

  call(callId: string): Promise<StoredCall | undefined> {
    return this.#ask(() => {
      const row = this.#sql.call.get(callId);
      return row && this.#withTurns(row);
    });
  }

  endStaleCalls(atWallMs: number): Promise<number> {
    return this.#ask(() => this.#sql.endStaleCalls.run(Math.round(atWallMs)).changes);
  }

  purge(beforeWallMs: number): Promise<number> {
    return this.#ask(() => this.#sql.purge.run(Math.round(beforeWallMs)).changes);
  }

  noteState(callId: string, state: string): Promise<void> {
    return this.#write(() => this.#sql.noteState.run(callId, state));
  }

  forgetState(callId: string): Promise<void> {
    return this.#write(() => this.#sql.forgetState.run(callId));
  }

  takeStates(): Promise<ReadonlyMap<string, string>> {
    return this.#ask(
      this.database.transaction(() => {
        const rows = this.#sql.states.all();
        this.#sql.forgetStates.run();
        return new Map(rows.map(({ call_id, state }) => [call_id, state]));
      }),
    );
  }

  stats(): StoreStats {
    return { waiting: this.#queue.waiting, lost: this.#queue.lost };
  }

  close(): Promise<void> {
    if (this.database.open) {
      this.#queue.close();
      this.database.close();
    }
    return Promise.resolve();
  }

  #withTurns(row: CallRow): StoredCall {
    const turns = this.#sql.turns.all(row.call_id).map(turnFromRow);
    const media = this.#sql.media.get(row.call_id);
    const consent = this.#sql.consent.get(row.call_id);
    return {
      ...callFromRow(row),
      turns,
      ...(media && { media: JSON.parse(media.counters) as LegStats }),
      ...(consent && { consent: { agreed: consent.agreed === 1, atWallMs: consent.at_ms } }),
    };
  }

  #write(write: () => void): Promise<void> {
    this.#queue.add(write);
    return Promise.resolve();
  }

  /** Runs after everything that was written before it. */
  readonly #ask: Ask = async (question) => {
    await Promise.resolve();
    try {
      this.#queue.flush();
      return question();
    } catch (error) {
      throw failed(error, this.options.path);
    }
  };
}

function prepare(database: Database) {
  return {
    // A call that a later controller takes up is the same call, and has not ended after all.
    insertCall: database.prepare<CallRow>(
      `INSERT INTO calls VALUES (@call_id, @channel_id, @caller_number, @dialled, @flow_id, @flow_version,
         @started_at_ms, @ended_at_ms, @ending)
       ON CONFLICT (call_id) DO UPDATE SET ended_at_ms = NULL, ending = NULL`,
    ),
    endCall: database.prepare<[number, string, string]>(
      'UPDATE calls SET ended_at_ms = ?, ending = ? WHERE call_id = ?',
    ),
    // Who is asked twice has the last word.
    insertConsent: database.prepare<[string, number, number]>(
      `INSERT INTO call_consents VALUES (?, ?, ?)
       ON CONFLICT (call_id) DO UPDATE SET agreed = excluded.agreed, at_ms = excluded.at_ms`,
    ),
    consent: database.prepare<[string], { readonly agreed: number; readonly at_ms: number }>(
      'SELECT agreed, at_ms FROM call_consents WHERE call_id = ?',
    ),
    insertTurn: database.prepare<TurnRow>(
      `INSERT INTO turns VALUES (@turn_id, @call_id, @position, @node_id, @face, @started_at_ms, @input, @outcome,
         @fallback, @said, @next_node_id, @marks)`,
    ),
    insertMedia: database.prepare<[string, string]>('INSERT OR REPLACE INTO call_media VALUES (?, ?)'),
    media: database.prepare<[string], { counters: string }>('SELECT counters FROM call_media WHERE call_id = ?'),
    recentCalls: database.prepare<{ limit: number; caller: string | null; since: number }, CallRow>(
      `SELECT * FROM calls WHERE started_at_ms >= @since AND (@caller IS NULL OR caller_number = @caller)
         ORDER BY started_at_ms DESC, rowid DESC LIMIT @limit`,
    ),
    call: database.prepare<[string], CallRow>('SELECT * FROM calls WHERE call_id = ?'),
    turns: database.prepare<[string], TurnRow>('SELECT * FROM turns WHERE call_id = ? ORDER BY position, rowid'),
    endStaleCalls: database.prepare<[number]>(
      `UPDATE calls SET ended_at_ms = ?, ending = 'failed' WHERE ended_at_ms IS NULL`,
    ),
    noteState: database.prepare<[string, string]>('INSERT OR REPLACE INTO call_states VALUES (?, ?)'),
    forgetState: database.prepare<[string]>('DELETE FROM call_states WHERE call_id = ?'),
    states: database.prepare<[], { call_id: string; state: string }>('SELECT * FROM call_states'),
    forgetStates: database.prepare<[]>('DELETE FROM call_states'),
    purge: database.prepare<[number]>('DELETE FROM calls WHERE started_at_ms < ?'),
  };
}

/** https://sqlite.org/rescode.html: the file is malformed, or is no database at all. */
function isBroken(error: unknown): boolean {
  const cause = error instanceof HandrailError ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB');
}

/** With its write-ahead log, so that whoever mends it has all of it. @returns the new path */
function setAside(path: string, wallMs: number): string {
  const aside = `${path}.broken-${String(Math.round(wallMs))}`;
  for (const ending of ['', '-wal', '-shm']) if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
  return aside;
}

function failed(error: unknown, path: string): HandrailError {
  if (error instanceof HandrailError) return error;
  return new HandrailError('HR_STORE_FAILED', `${path}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
