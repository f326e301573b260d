import { endpointAfterMs, silentFromMs, type EndpointingOptions } from '../../src/dialog/endpointing.js';
import type { Timeline } from './timeline.js';

/** When a caller was answered, in a recording that goes on as if nobody had answered. */
export type Answered =
  /** The caller had more to say: `silentMs` is how long they were silent in that pause. */
  | { readonly type: 'cut-off'; readonly silentMs: number }
  /** `waitedMs`: from the caller's own last voiced sample to the decision. */
  | { readonly type: 'finished'; readonly waitedMs: number }
  /** The detector heard no end. */
  | { readonly type: 'never' };

/** What the endpointing policy does with a recording. Pure. */
export function answerTo(timeline: Timeline, accept: number, options: EndpointingOptions): Answered {
  for (const pause of timeline.pauses) {
    const { understanding, free, lastVoicedMs, atMs, recognitionMs, resumedMs } = pause;
    const endpointMs = silentFromMs(pause) + endpointAfterMs(understanding, free, accept, options);
    const decidedMs = Math.max(endpointMs, atMs + recognitionMs);
    if (resumedMs === undefined) return { type: 'finished', waitedMs: decidedMs - timeline.endMs };
    if (decidedMs < resumedMs) return { type: 'cut-off', silentMs: resumedMs - lastVoicedMs };
  }
  return { type: 'never' };
}
