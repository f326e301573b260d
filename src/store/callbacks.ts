import type { Database } from 'better-sqlite3';
import type { Ask } from './port.js';

/** How far a request has come on its way to people: see the outbox. */
export type Delivery = 'waiting' | 'delivered' | 'set-aside';

/** A caller who wants to be called. */
export interface CallbackRequest {
  readonly id: number;
  readonly callId: string;
  readonly number: string;
  /** What the flow says that it is about. */
  readonly about: string;
  readonly atWallMs: number;
  /** When somebody said that it is done; undefined while it is open. */
  readonly doneAtWallMs: number | undefined;
  readonly doneBy: string | undefined;
  /** Undefined: nobody is told of it but by this list. */
  readonly delivery: Delivery | undefined;
}

interface Row {
  readonly id: number;
  readonly call_id: string;
  readonly number: string;
  readonly about: string;
  readonly at_ms: number;
  readonly done_at_ms: number | null;
  readonly done_by: string | null;
  readonly delivery: Delivery | null;
}

export class SqliteCallbacks {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    private readonly ask: Ask,
  ) {
    this.#sql = prepare(database);
  }

  add({
    callId,
    number,
    about,
    atWallMs,
  }: Pick<CallbackRequest, 'callId' | 'number' | 'about' | 'atWallMs'>): Promise<void> {
    return this.ask(() => void this.#sql.add.run(callId, number, about, Math.round(atWallMs)));
  }

  /** Newest first, 500 at most. */
  list(open: boolean): Promise<readonly CallbackRequest[]> {
    return this.ask(() => (open ? this.#sql.open : this.#sql.all).all().map(fromRow));
  }

  /** Notes how far one has come. */
  delivery(callId: string, atWallMs: number, delivery: Delivery): Promise<void> {
    return this.ask(() => void this.#sql.delivery.run(delivery, callId, Math.round(atWallMs)));
  }

  /** Deletes those asked for before, done or not; resolves with their number. */
  forgetBefore(wallMs: number): Promise<number> {
    return this.ask(() => this.#sql.forget.run(Math.round(wallMs)).changes);
  }

  /** @returns whether there was an open one */
  done(id: number, by: string, atWallMs: number): Promise<boolean> {
    return this.ask(() => this.#sql.done.run(Math.round(atWallMs), by, id).changes > 0);
  }
}

function prepare(database: Database) {
  const columns = 'id, call_id, number, about, at_ms, done_at_ms, done_by, delivery';
  return {
    add: database.prepare<[string, string, string, number]>(
      'INSERT INTO callbacks (call_id, number, about, at_ms) VALUES (?, ?, ?, ?)',
    ),
    all: database.prepare<[], Row>(`SELECT ${columns} FROM callbacks ORDER BY id DESC LIMIT 500`),
    open: database.prepare<[], Row>(
      `SELECT ${columns} FROM callbacks WHERE done_at_ms IS NULL ORDER BY id DESC LIMIT 500`,
    ),
    done: database.prepare<[number, string, number]>(
      'UPDATE callbacks SET done_at_ms = ?, done_by = ? WHERE id = ? AND done_at_ms IS NULL',
    ),
    delivery: database.prepare<[Delivery, string, number]>(
      'UPDATE callbacks SET delivery = ? WHERE call_id = ? AND at_ms = ?',
    ),
    forget: database.prepare<[number]>('DELETE FROM callbacks WHERE at_ms < ?'),
  };
}

function fromRow(row: Row): CallbackRequest {
  return {
    id: row.id,
    callId: row.call_id,
    number: row.number,
    about: row.about,
    atWallMs: row.at_ms,
    doneAtWallMs: row.done_at_ms ?? undefined,
    doneBy: row.done_by ?? undefined,
    delivery: row.delivery ?? undefined,
  };
}
