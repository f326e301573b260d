import type { Unsubscribe } from '../kernel/emitter.js';
import type { CallEnding, CallRecord, Face, TurnRecord } from '../observability/turn-record.js';

/** The calls that are up, as the live page shows them. */
export interface LiveCalls {
  /** Oldest first. */
  snapshot(): readonly LiveCall[];
  subscribe(listener: (event: LiveEvent) => void): Unsubscribe;
}

export interface LiveCall extends CallRecord {
  /** Where in the flow the call is, once it is somewhere. */
  readonly nodeId: string | undefined;
  readonly face: Face;
  readonly turns: readonly TurnRecord[];
}

export type LiveEvent =
  | { readonly type: 'call-started'; readonly call: LiveCall }
  | { readonly type: 'node'; readonly callId: string; readonly nodeId: string; readonly face: Face }
  | { readonly type: 'turn'; readonly turn: TurnRecord }
  | {
      readonly type: 'call-ended';
      readonly callId: string;
      readonly endedAtWallMs: number;
      readonly ending: CallEnding;
    };

/**
 * What `/api/live` sends: first the snapshot, then events as they happen, and health when it changes.
 * `nowWallMs` lets a browser with a wrong clock show right durations.
 */
export type LiveMessage =
  | {
      readonly type: 'snapshot';
      readonly nowWallMs: number;
      readonly health: HealthReport;
      readonly calls: readonly LiveCall[];
    }
  | { readonly type: 'health'; readonly health: HealthReport }
  | LiveEvent;

/** Whether calls can be served, part by part. */
export interface HealthReport {
  /** False when no call can reach us at all: ARI is away. Engines that are down only move calls to the keypad. */
  readonly ready: boolean;
  readonly parts: readonly HealthPart[];
  readonly admission: AdmissionReport;
}

/** How new calls are served. */
export interface AdmissionReport {
  /** By what is measured, or by what an admin decided: all by keys, or none (they go to the dialplan). */
  readonly mode: 'measured' | 'keypad' | 'drain';
  /** What the measurements allow. */
  readonly service: 'full' | 'no-model' | 'keypad';
}

export interface HealthPart {
  /** For instance `ari`, `whisper`, `piper`, `store`. */
  readonly name: string;
  readonly state: 'starting' | 'ready' | 'down' | 'absent';
  /** What was last wrong, in words for an admin; never a caller's. */
  readonly problem: string | undefined;
  /** Of an engine that has a circuit breaker: while it is not closed no caller waits for that engine. */
  readonly breaker?: 'closed' | 'open' | 'half-open';
  /** Of the same: an admin has switched it off. */
  readonly isOff?: boolean;
  /** Of the same: since when it is as it is, ms since 1970. */
  readonly sinceWallMs?: number;
}
