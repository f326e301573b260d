import type { CallRecord, TurnRecord } from '../observability/turn-record.js';

/** Records for tests and for the seeded admin page; override what matters. */
export function aCall(overrides: Partial<CallRecord> = {}): CallRecord {
  return {
    callId: 'call-1',
    channelId: '1700000000.1',
    callerNumber: '15551234567',
    dialled: '300',
    flowId: 'cafe',
    flowVersion: 1,
    startedAtWallMs: 1_700_000_000_000,
    endedAtWallMs: undefined,
    ending: undefined,
    ...overrides,
  };
}

export function aTurn(overrides: Partial<TurnRecord> = {}): TurnRecord {
  return {
    turnId: 'turn-1',
    callId: 'call-1',
    index: 1,
    nodeId: 'order',
    face: 'ai',
    startedAtWallMs: 1_700_000_001_000,
    input: {
      type: 'speech',
      text: 'a large latte please',
      confidence: 0.93,
      meaning: { intent: 'order', slots: { size: 'large', drink: 'latte' } },
    },
    outcome: 'accepted',
    fallback: undefined,
    said: 'One large latte. Anything else?',
    nextNodeId: 'more',
    marks: {
      speechMs: 1_400,
      pauseMs: 180,
      sttStartMs: 184,
      sttEndMs: 412,
      nluEndMs: 417,
      endpointMs: 420,
      ttsFirstChunkMs: 560,
      audibleMs: 610,
    },
    ...overrides,
  };
}
