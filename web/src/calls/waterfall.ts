import type { TurnMarks } from '../../../src/observability/turn-record.js';

/** One stage of a turn on the page's time axis, which starts at the caller's last voiced sample. */
export interface Span {
  readonly stage: 'wait' | 'stt' | 'nlu' | 'llm' | 'tts' | 'send';
  /** Under which the language has its words. */
  readonly name: 'begin' | 'stt' | 'nlu' | 'endpoint' | 'llm' | 'tts' | 'send';
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stages of a turn, one after the other; a stage whose marks are missing is left out. */
export function spansOf(marks: TurnMarks): readonly Span[] {
  const { pauseMs, sttStartMs, sttEndMs, nluEndMs, endpointMs, llmFirstTokenMs, ttsFirstChunkMs, audibleMs } = marks;
  const steps: readonly (readonly [Span['stage'], Span['name'], number | undefined])[] = [
    ['wait', 'begin', sttStartMs ?? pauseMs],
    ['stt', 'stt', sttEndMs],
    ['nlu', 'nlu', nluEndMs],
    ['wait', 'endpoint', endpointMs],
    ['llm', 'llm', llmFirstTokenMs],
    ['tts', 'tts', ttsFirstChunkMs],
    ['send', 'send', audibleMs],
  ];
  const spans: Span[] = [];
  let atMs = 0;
  for (const [stage, name, toMs] of steps) {
    if (toMs === undefined || toMs <= atMs) continue;
    spans.push({ stage, name, fromMs: atMs, toMs });
    atMs = toMs;
  }
  return spans;
}

/** The axis ends at the promise (1.2 s), or at the slowest turn. */
export function axisEndMs(marks: TurnMarks): number {
  return Math.max(1_200, ...spansOf(marks).map(({ toMs }) => toMs));
}
