import type { LegStats } from '../externalmedia/port.js';
import type { CallEnding, CallRecord, TurnRecord } from '../observability/turn-record.js';

/**
 * What is remembered about calls. Every method is asynchronous, so that a database server can stand behind it.
 *
 * The writes of a running call (`startCall`, `endCall`, `addTurn`, `addMedia`, `addConsent`, `noteState`, `forgetState`) never reject and never wait for the disk: a database in
 * trouble costs records, counted in `stats().lost`, never a call. Reads see all earlier writes of this process and reject
 * with HR_STORE_FAILED.
 */
export interface CallStore {
  startCall(call: CallRecord): Promise<void>;
  endCall(callId: string, end: CallEnd): Promise<void>;
  addTurn(turn: TurnRecord): Promise<void>;
  /** The counters of the call's audio, told once when its media leg has been closed. */
  addMedia(callId: string, counters: LegStats): Promise<void>;
  /** Whether the caller agreed to a recording. A write of a running call. */
  addConsent(callId: string, agreed: boolean, atWallMs: number): Promise<void>;
  /** Newest first, each with its turns in order. */
  recentCalls(query: CallQuery): Promise<StoredCall[]>;
  call(callId: string): Promise<StoredCall | undefined>;
  /** Marks calls that an earlier process left open as failed; resolves with their number. For the start only. */
  endStaleCalls(atWallMs: number): Promise<number>;
  /** Deletes calls that started before, with their turns; resolves with their number. */
  purge(beforeWallMs: number): Promise<number>;
  /** Where a running call is, as JSON; replaces what was noted before. A write of a running call. */
  noteState(callId: string, state: string): Promise<void>;
  forgetState(callId: string): Promise<void>;
  /** Takes what an earlier process noted and did not forget, by call, and forgets it. For the start only. */
  takeStates(): Promise<ReadonlyMap<string, string>>;
  stats(): StoreStats;
  /** Writes what waits, then closes. Idempotent. */
  close(): Promise<void>;
}

/** A call with its turns nested, as `/api/calls` gives it. */
export interface StoredCall extends CallRecord {
  /** Absent while the call is up, and when its media thread died. */
  readonly media?: LegStats;
  /** What the caller said about a recording; absent when they were not asked, or did not answer. */
  readonly consent?: { readonly agreed: boolean; readonly atWallMs: number };
  readonly turns: readonly TurnRecord[];
}

export interface CallEnd {
  readonly endedAtWallMs: number;
  readonly ending: CallEnding;
}

export interface CallQuery {
  /** 1 to 500. */
  readonly limit: number;
  /** Only calls of this number, compared exactly. */
  readonly caller?: string;
  /** Only calls that started at this time or later. */
  readonly sinceWallMs?: number;
}

export interface StoreStats {
  /** Writes that wait for the database. */
  readonly waiting: number;
  /** Writes given up since the start. */
  readonly lost: number;
}

/** Asks the database after everything that was written before. @throws HandrailError HR_STORE_FAILED */
export type Ask = <Answer>(question: () => Answer) => Promise<Answer>;
