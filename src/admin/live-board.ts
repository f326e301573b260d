import { Emitter } from '../kernel/emitter.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type { CallEnding, CallRecord, Face, TurnRecord } from '../observability/turn-record.js';
import type { LiveCall, LiveCalls, LiveEvent } from './live.js';

/** Turns kept of a live call; the store has them all. */
const KEPT_TURNS = 50;

/** Keeps the calls that are up in memory, fed by the call sessions. What comes for a call that is not up is ignored. */
export class LiveBoard implements LiveCalls {
  readonly #calls = new Map<string, LiveCall>();
  readonly #events: Emitter<LiveEvent>;

  constructor(onListenerError?: (error: unknown) => void) {
    this.#events = new Emitter(onListenerError);
  }

  snapshot(): readonly LiveCall[] {
    return [...this.#calls.values()];
  }

  subscribe(listener: (event: LiveEvent) => void): Unsubscribe {
    return this.#events.subscribe(listener);
  }

  callStarted(record: CallRecord, face: Face): void {
    const call: LiveCall = { ...record, nodeId: undefined, face, turns: [] };
    this.#calls.set(record.callId, call);
    this.#events.emit({ type: 'call-started', call });
  }

  enteredNode(callId: string, nodeId: string, face: Face): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    this.#calls.set(callId, { ...call, nodeId, face });
    this.#events.emit({ type: 'node', callId, nodeId, face });
  }

  turn(turn: TurnRecord): void {
    const call = this.#calls.get(turn.callId);
    if (!call) return;
    this.#calls.set(turn.callId, { ...call, turns: [...call.turns, turn].slice(-KEPT_TURNS) });
    this.#events.emit({ type: 'turn', turn });
  }

  callEnded(callId: string, endedAtWallMs: number, ending: CallEnding): void {
    if (!this.#calls.delete(callId)) return;
    this.#events.emit({ type: 'call-ended', callId, endedAtWallMs, ending });
  }
}
