import type {
  CallEnding,
  CallRecord,
  FallbackReason,
  Face,
  TurnInput,
  TurnMarks,
  TurnOutcome,
  TurnRecord,
} from '../observability/turn-record.js';

/** Rows as SQLite holds them, and the way there and back. Unions are ours: only this code writes them. */
export interface CallRow {
  readonly call_id: string;
  readonly channel_id: string;
  readonly caller_number: string;
  readonly dialled: string;
  readonly flow_id: string;
  readonly flow_version: number;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly ending: CallEnding | null;
}

export interface TurnRow {
  readonly turn_id: string;
  readonly call_id: string;
  readonly position: number;
  readonly node_id: string;
  readonly face: Face;
  readonly started_at_ms: number;
  readonly input: string;
  readonly outcome: TurnOutcome;
  readonly fallback: FallbackReason | null;
  readonly said: string;
  readonly next_node_id: string;
  readonly marks: string;
}

export function callToRow(call: CallRecord): CallRow {
  return {
    call_id: call.callId,
    channel_id: call.channelId,
    caller_number: call.callerNumber,
    dialled: call.dialled,
    flow_id: call.flowId,
    flow_version: call.flowVersion,
    started_at_ms: Math.round(call.startedAtWallMs),
    ended_at_ms: call.endedAtWallMs === undefined ? null : Math.round(call.endedAtWallMs),
    ending: call.ending ?? null,
  };
}

export function callFromRow(row: CallRow): CallRecord {
  return {
    callId: row.call_id,
    channelId: row.channel_id,
    callerNumber: row.caller_number,
    dialled: row.dialled,
    flowId: row.flow_id,
    flowVersion: row.flow_version,
    startedAtWallMs: row.started_at_ms,
    endedAtWallMs: row.ended_at_ms ?? undefined,
    ending: row.ending ?? undefined,
  };
}

export function turnToRow(turn: TurnRecord, keepWords: boolean): TurnRow {
  return {
    turn_id: turn.turnId,
    call_id: turn.callId,
    position: turn.index,
    node_id: turn.nodeId,
    face: turn.face,
    started_at_ms: Math.round(turn.startedAtWallMs),
    input: JSON.stringify(keepWords ? turn.input : withoutWords(turn.input)),
    outcome: turn.outcome,
    fallback: turn.fallback ?? null,
    // What the bot says may repeat what the caller said, so it goes too.
    said: keepWords ? turn.said : '',
    next_node_id: turn.nextNodeId,
    marks: JSON.stringify(turn.marks),
  };
}

export function turnFromRow(row: TurnRow): TurnRecord {
  return {
    turnId: row.turn_id,
    callId: row.call_id,
    index: row.position,
    nodeId: row.node_id,
    face: row.face,
    startedAtWallMs: row.started_at_ms,
    input: inputFromJson(row.input),
    outcome: row.outcome,
    fallback: row.fallback ?? undefined,
    said: row.said,
    nextNodeId: row.next_node_id,
    marks: JSON.parse(row.marks) as TurnMarks,
  };
}

/** What was meant in general (the intent) stays; words, digits and slot values go. */
function withoutWords(input: TurnInput): TurnInput {
  switch (input.type) {
    case 'speech':
      return { ...input, text: '', meaning: { intent: input.meaning.intent, slots: {} } };
    case 'keys':
      return { ...input, digits: '', meaning: { intent: input.meaning.intent, slots: {} } };
    case 'none':
      return input;
  }
}

/** JSON has no undefined: an intent that was not understood is absent in it. */
function inputFromJson(json: string): TurnInput {
  const input = JSON.parse(json) as TurnInput;
  if (input.type === 'none') return input;
  return { ...input, meaning: { intent: input.meaning.intent, slots: input.meaning.slots } };
}
