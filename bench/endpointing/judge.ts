import { endpointAtMs, type EndpointingOptions, type Patience } from '../../src/dialog/endpointing.js';
import { isNoSpeech } from '../../src/dialog/no-speech.js';
import { continuationOf, goesOn } from '../../src/dialog/second-chance.js';
import { endsAtMs } from '../../src/audio/voice-sign.js';
import type { Pause, Timeline } from './timeline.js';

/** When a caller was answered, in a recording that goes on as if nobody had answered. */
export type Answered =
  | CutOff
  /** `waitedMs`: from the caller's own last voiced sample to the decision. */
  | { readonly type: 'finished'; readonly waitedMs: number }
  /** The detector heard no end. */
  | { readonly type: 'never' };

/** The caller had more to say. */
export interface CutOff {
  readonly type: 'cut-off';
  /** How long they were silent in that pause. */
  readonly silentMs: number;
  /** How far into the answer they went on. */
  readonly intoMs: number;
  /** The answer was taken back, and all that they said is acted on as one. */
  readonly takenBack: boolean;
}

/** What the endpointing policy does with a recording. Pure. */
export function answerTo(
  timeline: Timeline,
  accept: number,
  options: EndpointingOptions,
  patience?: Patience,
): Answered {
  let first: Omit<CutOff, 'takenBack'> | undefined;
  /** The pause before, in which the caller was answered, and whether they went on in time. */
  let before: { readonly pause: Pause; readonly inTime: boolean } | undefined;
  for (const pause of timeline.pauses) {
    const { endedMs, recognition, resumedMs, understanding } = pause;
    if (isNoSpeech(understanding, recognition, pause)) continue;
    const atMs = decidedMs(pause, accept, options, patience);
    if (resumedMs !== undefined && atMs >= resumedMs) continue;
    if (first && before && !(before.inTime && isMore(before.pause, pause, accept)))
      return { ...first, takenBack: false };
    if (resumedMs === undefined)
      return first ? { ...first, takenBack: true } : { type: 'finished', waitedMs: atMs - timeline.endMs };
    first ??= { type: 'cut-off', silentMs: resumedMs - endedMs, intoMs: resumedMs - atMs };
    before = { pause, inTime: goesOn({ decidedMs: atMs }, resumedMs) };
  }
  return first ? { ...first, takenBack: false } : { type: 'never' };
}

function isMore(before: Pause, pause: Pause, accept: number): boolean {
  const meaning = before.understanding.hypotheses[0]?.meaning;
  return continuationOf({ meaning }, pause.understanding, accept) === 'more';
}

/** When a pause is taken for the end, unless the caller goes on before: nobody is answered before the recogniser is. */
export function decidedMs(pause: Pause, accept: number, options: EndpointingOptions, patience?: Patience): number {
  const { understanding, recognition, atMs, recognitionMs, signsMs } = pause;
  const endpointMs = endpointAtMs(pause, understanding, recognition.free, accept, options, patience);
  const dueMs = Math.max(endpointMs, atMs + recognitionMs);
  return signsMs.reduce((endMs, signMs) => (signMs <= endMs ? endsAtMs(dueMs, signMs) : endMs), dueMs);
}
