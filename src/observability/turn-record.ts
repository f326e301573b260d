/**
 * The record of one turn: what was said, what was understood, what the flow did, and when. Marks are milliseconds on the
 * one monotonic clock, relative to `lastVoicedMs` (the caller's last voiced sample), so that they read as a budget.
 */
export interface TurnRecord {
  readonly turnId: string;
  readonly callId: string;
  /** Position in the call, from 1. */
  readonly index: number;
  readonly nodeId: string;
  readonly face: Face;
  /** The moment that the marks count from. */
  readonly startedAtWallMs: number;
  readonly input: TurnInput;
  readonly outcome: TurnOutcome;
  /** Why the face or the way changed in this turn, if it did. */
  readonly fallback: FallbackReason | undefined;
  /** What the bot said in answer, as text. */
  readonly said: string;
  readonly nextNodeId: string;
  readonly marks: TurnMarks;
}

export type Face = 'ai' | 'keypad';

export type FallbackReason =
  'deadline' | 'confidence' | 'engine' | 'noinput' | 'nomatch' | 'overload' | 'caller' | 'admin';

export type TurnOutcome = 'accepted' | 'confirm' | 'confirmed' | 'denied' | 'noinput' | 'nomatch' | 'keys' | 'failed';

export type TurnInput =
  | {
      readonly type: 'speech';
      readonly text: string;
      readonly confidence: number;
      readonly meaning: MeaningRecord;
      /** The turn before was answered too early and counts no more: `text` has what was said in both. */
      readonly takesBack?: true;
    }
  | { readonly type: 'keys'; readonly digits: string; readonly meaning: MeaningRecord }
  | { readonly type: 'none' };

/** What was understood, as it reached the flow. */
export interface MeaningRecord {
  readonly intent: string | undefined;
  readonly slots: Readonly<Record<string, string>>;
}

/** Milliseconds after the caller's last voiced sample (for keys: after the key was reported). Absent = did not happen. */
export interface TurnMarks {
  /** The moment that they count from, on the machine's monotonic clock (`Clock.nowMs`). */
  readonly referenceAtMs?: number;
  /** How long the caller spoke. */
  readonly speechMs?: number;
  /** The media thread handed out the utterance. */
  readonly pauseMs?: number;
  readonly sttStartMs?: number;
  readonly sttEndMs?: number;
  readonly nluEndMs?: number;
  /** The endpoint was decided: the caller has finished. */
  readonly endpointMs?: number;
  /** The language model was asked: as soon as there was a question, before the endpoint. */
  readonly llmStartMs?: number;
  readonly llmFirstTokenMs?: number;
  readonly ttsFirstChunkMs?: number;
  /** First audible packet of the answer left our socket. */
  readonly audibleMs?: number;
}

export interface CallRecord {
  readonly callId: string;
  readonly channelId: string;
  readonly callerNumber: string;
  readonly dialled: string;
  readonly flowId: string;
  readonly flowVersion: number;
  readonly startedAtWallMs: number;
  readonly endedAtWallMs: number | undefined;
  readonly ending: CallEnding | undefined;
}

export type CallEnding =
  'hungup-by-caller' | 'hungup-by-flow' | 'hungup-by-admin' | 'transferred' | 'dialplan' | 'failed';
