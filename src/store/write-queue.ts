import type { Cancel, Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';

/** One write, run on the database when its turn comes. */
export type Write = () => void;

export interface WriteQueueOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs some work in one transaction, all or nothing. */
  readonly transaction: (work: () => void) => void;
  /** Writes that may wait; more are lost. @defaultValue 2000 */
  readonly capacity?: number;
}

export const COLLECT_MS = 20;
export const FIRST_RETRY_MS = 250;
export const LAST_RETRY_MS = 5_000;

/**
 * Writes of running calls, kept away from the calls: collected for 20 ms, written in one transaction, in order. While the
 * database is busy, full or read-only they wait and are tried again; what does not fit is lost and counted. Each incident
 * is logged once when it begins and once when it is over.
 */
export class WriteQueue {
  #waiting: Write[] = [];
  #lost = 0;
  #lostBeforeIncident = 0;
  #retryMs = 0;
  #cancel: Cancel | undefined;
  readonly #capacity: number;

  constructor(private readonly options: WriteQueueOptions) {
    this.#capacity = options.capacity ?? 2_000;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get lost(): number {
    return this.#lost;
  }

  add(write: Write): void {
    // The newest is refused, not the oldest: a turn whose call is missing could not be stored either.
    if (this.#waiting.length >= this.#capacity) {
      this.#lost++;
      return;
    }
    this.#waiting.push(write);
    this.#cancel ??= this.options.clock.after(COLLECT_MS, () => this.flush());
  }

  /** Writes all that waits, now if the database lets us. Never throws. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#waiting.length === 0) return;
    try {
      this.options.transaction(() => this.#waiting.forEach((write) => write()));
      this.#waiting = [];
      this.#recover();
    } catch (error) {
      if (passing(error)) this.#retryLater(error);
      else this.#oneByOne();
    }
  }

  /** A last try; what still waits is lost. */
  close(): void {
    this.flush();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#lost += this.#waiting.length;
    this.#waiting = [];
  }

  /** Some write can never work (a broken record): find it, so that it does not take the others with it. */
  #oneByOne(): void {
    for (let write = this.#waiting[0]; write; write = this.#waiting[0]) {
      try {
        this.options.transaction(write);
      } catch (error) {
        if (passing(error)) return this.#retryLater(error);
        this.#lost++;
        this.options.log.error({ error: failure(error) }, 'a record was refused by the database and is lost');
      }
      this.#waiting.shift();
    }
    this.#recover();
  }

  #retryLater(error: unknown): void {
    if (this.#retryMs === 0) {
      this.#lostBeforeIncident = this.#lost;
      this.options.log.error({ error: failure(error) }, 'the database takes no writes; calls go on');
    }
    this.#retryMs = Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, this.#retryMs * 2));
    this.#cancel = this.options.clock.after(this.#retryMs, () => this.flush());
  }

  #recover(): void {
    if (this.#retryMs === 0) return;
    this.#retryMs = 0;
    this.options.log.info({ lost: this.#lost - this.#lostBeforeIncident }, 'the database takes writes again');
  }
}

/** https://sqlite.org/rescode.html: conditions that end without us. Extended codes begin with the primary one. */
const passingCodes = ['BUSY', 'LOCKED', 'FULL', 'READONLY', 'IOERR', 'CANTOPEN', 'PROTOCOL'].map((c) => `SQLITE_${c}`);

function passing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return passingCodes.some((known) => code === known || code.startsWith(`${known}_`));
}

function failure(error: unknown): HandrailError {
  return new HandrailError('HR_STORE_FAILED', error instanceof Error ? error.message : String(error), { cause: error });
}
