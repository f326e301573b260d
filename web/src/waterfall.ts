import type { TurnMarks } from '../../src/observability/turn-record.js';

/** One stage of a turn on the page's time axis, which starts at the caller's last voiced sample. */
export interface Span {
  readonly stage: 'wait' | 'stt' | 'nlu' | 'llm' | 'tts' | 'send';
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stages of a turn, one after the other; a stage whose marks are missing is left out. */
export function spansOf(marks: TurnMarks): readonly Span[] {
  const { pauseMs, sttStartMs, sttEndMs, nluEndMs, endpointMs, llmFirstTokenMs, ttsFirstChunkMs, audibleMs } = marks;
  const steps: readonly (readonly [Span['stage'], string, number | undefined])[] = [
    ['wait', 'silence until recognition starts', sttStartMs ?? pauseMs],
    ['stt', 'recognition', sttEndMs],
    ['nlu', 'understanding', nluEndMs],
    ['wait', 'silence until the endpoint', endpointMs],
    ['llm', 'language model, first word', llmFirstTokenMs],
    ['tts', 'speech synthesis, first chunk', ttsFirstChunkMs],
    ['send', 'playout', audibleMs],
  ];
  const spans: Span[] = [];
  let atMs = 0;
  for (const [stage, label, toMs] of steps) {
    if (toMs === undefined || toMs <= atMs) continue;
    spans.push({ stage, label, fromMs: atMs, toMs });
    atMs = toMs;
  }
  return spans;
}

/** The axis ends at the promise (1.2 s), or at the slowest turn. */
export function axisEndMs(marks: TurnMarks): number {
  return Math.max(1_200, ...spansOf(marks).map(({ toMs }) => toMs));
}
