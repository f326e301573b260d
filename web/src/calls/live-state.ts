import type { HealthReport, LiveCall, LiveMessage } from '../../../src/admin/live.js';
import type { CallRecord } from '../../../src/observability/turn-record.js';

/** What the page knows from the live feed. */
export interface LiveState {
  readonly link: 'connecting' | 'open' | 'lost';
  readonly health: HealthReport | undefined;
  readonly calls: readonly LiveCall[];
  /** The server's clock minus this browser's. */
  readonly clockOffsetMs: number;
  /** Counts calls that ended: the list of recent calls is read again when it changes. */
  readonly endedCalls: number;
}

export const initialLiveState: LiveState = {
  link: 'connecting',
  health: undefined,
  calls: [],
  clockOffsetMs: 0,
  endedCalls: 0,
};

export type LiveAction =
  { readonly type: 'message'; readonly message: LiveMessage; readonly nowMs: number } | { readonly type: 'link-lost' };

export function reduceLive(state: LiveState, action: LiveAction): LiveState {
  if (action.type === 'link-lost') return { ...state, link: 'lost' };
  const { message } = action;
  switch (message.type) {
    case 'snapshot':
      return {
        link: 'open',
        health: message.health,
        calls: message.calls,
        clockOffsetMs: message.nowWallMs - action.nowMs,
        // Calls may have ended while the link was away.
        endedCalls: state.endedCalls + 1,
      };
    case 'health':
      return { ...state, health: message.health };
    case 'call-started':
      return { ...state, calls: [...without(state.calls, message.call.callId), message.call] };
    case 'node': {
      const { callId, nodeId, face } = message;
      return { ...state, calls: change(state.calls, callId, (call) => ({ ...call, nodeId, face })) };
    }
    case 'turn': {
      const { turn } = message;
      return {
        ...state,
        calls: change(state.calls, turn.callId, (call) => ({ ...call, turns: [...call.turns, turn] })),
      };
    }
    case 'call-ended':
      return { ...state, calls: without(state.calls, message.callId), endedCalls: state.endedCalls + 1 };
  }
}

function without<Call extends CallRecord>(calls: readonly Call[], callId: string): Call[] {
  return calls.filter((call) => call.callId !== callId);
}

function change(calls: readonly LiveCall[], callId: string, how: (call: LiveCall) => LiveCall): LiveCall[] {
  return calls.map((call) => (call.callId === callId ? how(call) : call));
}
