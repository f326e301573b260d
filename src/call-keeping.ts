import type { LiveBoard } from './admin/index.js';
import { writable, type CallJournal, type JournalEntry } from './dialog/journal.js';
import type { CallObserver } from './dialog/ports.js';
import type { TraceExporter } from './observability/trace-export.js';
import type { turnMetrics } from './observability/turn-metrics.js';
import type { SqliteStore } from './store/sqlite-store.js';

/** Where calls are, in the database, and where those were that an earlier controller left. */
export function journalOn(store: SqliteStore, words: boolean, left: ReadonlyMap<string, string>): CallJournal {
  const places = new Map(left);
  return {
    note: (entry, flow) =>
      void store.noteState(entry.callId, JSON.stringify({ ...entry, state: writable(flow, entry.state, words) })),
    forget: (callId) => void store.forgetState(callId),
    take: (callId) => {
      const json = places.get(callId);
      places.delete(callId);
      return json === undefined ? undefined : (JSON.parse(json) as JournalEntry);
    },
  };
}

/** Everybody who is told of calls: the database, the page, metrics and traces. */
export function observers(
  store: SqliteStore,
  live: LiveBoard,
  metrics: ReturnType<typeof turnMetrics>,
  traces: TraceExporter | undefined,
): CallObserver {
  return {
    callStarted(call) {
      void store.startCall(call);
      live.callStarted(call, 'ai');
      metrics.callStarted();
      traces?.callStarted(call);
    },
    nodeEntered: (callId, nodeId, face) => live.enteredNode(callId, nodeId, face),
    turnTaken(turn) {
      void store.addTurn(turn);
      live.turn(turn);
      metrics.turn(turn);
      traces?.turnTaken(turn);
    },
    consentGiven: (callId, agreed, atWallMs) => void store.addConsent(callId, agreed, atWallMs),
    callEnded(callId, ending, endedAtWallMs) {
      void store.endCall(callId, { endedAtWallMs, ending });
      live.callEnded(callId, endedAtWallMs, ending);
      metrics.callEnded(ending);
      traces?.callEnded(callId, ending, endedAtWallMs);
    },
    mediaEnded: (callId, counters) => void store.addMedia(callId, counters),
  };
}
