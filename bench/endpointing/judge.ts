import { endpointAfterMs, silentFromMs, type EndpointingOptions, type Sound } from '../../src/dialog/endpointing.js';
import type { Pause, Timeline } from './timeline.js';

/** When a caller was answered, in a recording that goes on as if nobody had answered. */
export type Answered =
  /** The caller had more to say. `silentMs`: how long they were silent in that pause; `intoMs`: how far into the answer they went on. */
  | { readonly type: 'cut-off'; readonly silentMs: number; readonly intoMs: number }
  /** `waitedMs`: from the caller's own last voiced sample to the decision. */
  | { readonly type: 'finished'; readonly waitedMs: number }
  /** The detector heard no end. */
  | { readonly type: 'never' };

/** What the endpointing policy does with a recording. Pure. */
export function answerTo(timeline: Timeline, accept: number, options: EndpointingOptions, sound?: Sound): Answered {
  for (const pause of timeline.pauses) {
    const { endedMs, resumedMs } = pause;
    const atMs = decidedMs(pause, accept, options, sound);
    if (resumedMs === undefined) return { type: 'finished', waitedMs: atMs - timeline.endMs };
    if (atMs < resumedMs) return { type: 'cut-off', silentMs: resumedMs - endedMs, intoMs: resumedMs - atMs };
  }
  return { type: 'never' };
}

/** When a pause is taken for the end, unless the caller goes on before: nobody is answered before the recogniser is. */
export function decidedMs(pause: Pause, accept: number, options: EndpointingOptions, sound?: Sound): number {
  const { understanding, free, atMs, recognitionMs } = pause;
  const endpointMs = silentFromMs(pause) + endpointAfterMs(understanding, free, accept, options, sound);
  return Math.max(endpointMs, atMs + recognitionMs);
}
