import type { MetricsRegistry } from './metrics.js';
import type { CallEnding, TurnMarks, TurnRecord } from './turn-record.js';

/** Engine states as the engines tell them (src/local-models/ports.ts). */
const engineStates = ['starting', 'ready', 'down', 'absent'] as const;
export type EngineStateName = (typeof engineStates)[number];

/** Breaker states as the guards tell them (src/fallback-ivr/breaker.ts). */
const breakerStates = ['closed', 'open', 'half-open'] as const;

/** What the rooms tell about calls and turns, as numbers; nothing here is about a single caller. */
export interface TurnMetrics {
  callStarted(): void;
  callEnded(ending: CallEnding): void;
  turn(record: TurnRecord): void;
  engineState(engine: string, state: EngineStateName): void;
  breakerState(component: string, engine: string, state: (typeof breakerStates)[number]): void;
  /** A new call came, and was served so. */
  admitted(service: 'full' | 'no-model' | 'keypad' | 'dialplan'): void;
  /** What was measured of the machine. */
  headroom(values: Readonly<Record<string, number>>): void;
  /** A web service was asked by a tool node. */
  toolAsked(outcome: string, tookMs: number): void;
  /** Something left over in Asterisk was put right. */
  swept(kind: 'channel' | 'bridge' | 'caller', count: number): void;
}

/** Bounds in milliseconds; the promises (700, 1200) are bounds, so that their share can be read exactly. */
const voiceToVoiceBounds = [100, 200, 300, 400, 500, 600, 700, 800, 1000, 1200, 1500, 2000, 3000, 5000];
const stageBounds = [5, 10, 25, 50, 100, 200, 300, 500, 700, 900, 1200, 2000, 5000];

export function turnMetrics(registry: MetricsRegistry): TurnMetrics {
  const active = registry.gauge('handrail_calls_active', 'Calls that are up.');
  const ended = registry.counter('handrail_calls_ended_total', 'Calls that ended, by ending.');
  const turns = registry.counter('handrail_turns_total', 'Turns, by face, kind of input and outcome.');
  const takenBack = registry.counter(
    'handrail_answers_taken_back_total',
    'Answers that came too early: the caller went on, and both parts were understood as one.',
  );
  const fallbacks = registry.counter('handrail_fallbacks_total', 'Turns that changed the way, by reason.');
  const engines = registry.gauge('handrail_engine_state', 'State of each engine: 1 for the state that it is in.');
  const breakers = registry.gauge('handrail_breaker_state', 'State of each breaker: 1 for the state that it is in.');
  const admitted = registry.counter('handrail_calls_admitted_total', 'New calls, by how they are served.');
  const headroom = registry.gauge('handrail_headroom', 'What admission looks at: milliseconds, and a share for cpu.');
  const tools = registry.counter('handrail_tool_requests_total', 'Requests of tool nodes, by outcome.');
  const toolMs = registry.histogram('handrail_tool_ms', 'Requests of tool nodes that were answered.', stageBounds);
  const swept = registry.counter('handrail_swept_total', 'Leftovers in Asterisk that were put right, by kind.');
  const voiceToVoice = registry.histogram(
    'handrail_voice_to_voice_ms',
    'From the last voiced sample of the caller to the first audible packet of the answer.',
    voiceToVoiceBounds,
  );
  const stages = registry.histogram('handrail_stage_ms', 'Stages of spoken turns.', stageBounds);
  active.set(0);
  takenBack.add({}, 0);

  return {
    callStarted: () => active.add(1),
    callEnded(ending) {
      active.add(-1);
      ended.add({ ending });
    },
    turn({ face, input, outcome, fallback, marks }) {
      turns.add({ face, input: input.type, outcome });
      if (fallback) fallbacks.add({ reason: fallback });
      if (input.type !== 'speech') return;
      if (input.takesBack) takenBack.add();
      if (marks.audibleMs !== undefined) voiceToVoice.observe(marks.audibleMs, { face });
      for (const [stage, ms] of stagesOf(marks)) stages.observe(ms, { stage });
    },
    swept(kind, count) {
      if (count > 0) swept.add({ kind }, count);
    },
    toolAsked(outcome, tookMs) {
      tools.add({ outcome });
      if (outcome === 'answered') toolMs.observe(tookMs);
    },
    admitted: (service) => admitted.add({ service }),
    headroom(values) {
      for (const [measure, value] of Object.entries(values)) headroom.set(value, { measure });
    },
    breakerState(component, engine, state) {
      for (const name of breakerStates) breakers.set(name === state ? 1 : 0, { component, engine, state: name });
    },
    engineState(engine, state) {
      for (const name of engineStates) engines.set(name === state ? 1 : 0, { engine, state: name });
    },
  };
}

/** Durations of the stages, where both of their marks were taken. */
export function stagesOf(marks: TurnMarks): (readonly [stage: string, ms: number])[] {
  return stretchesOf(marks).map(({ stage, fromMs, toMs }) => [stage, toMs - fromMs] as const);
}

/** A part of a turn, in milliseconds after its reference. */
export interface Stretch {
  readonly stage: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stages where both of their marks were taken. They overlap: recognition runs while the endpoint is waited for. */
export function stretchesOf(marks: TurnMarks): Stretch[] {
  const { pauseMs, sttStartMs, sttEndMs, nluEndMs, endpointMs, audibleMs } = marks;
  const { llmStartMs, llmFirstTokenMs, ttsFirstChunkMs } = marks;
  const decidedMs = later(endpointMs, nluEndMs);
  const spans: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['pause', 0, pauseMs],
    ['stt', sttStartMs, sttEndMs],
    ['nlu', sttEndMs, nluEndMs],
    ['endpoint', 0, endpointMs],
    ['llm', llmStartMs, llmFirstTokenMs],
    ['tts', later(decidedMs, llmFirstTokenMs), ttsFirstChunkMs],
    ['answer', decidedMs, audibleMs],
  ];
  return spans.flatMap(([stage, fromMs, toMs]) =>
    fromMs !== undefined && toMs !== undefined && toMs >= fromMs ? [{ stage, fromMs, toMs }] : [],
  );
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}
