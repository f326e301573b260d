import type { ToolAsked, WebTools } from './ports.js';
import type { Speaker, Speech } from './speaker.js';
import type { Cancel, Clock } from '../kernel/clock.js';

/** Nobody waits longer than this in silence before something is said. */
const FILLER_AFTER_MS = 500;
/** Silence after a filler, before the next one. */
const FILLER_AGAIN_MS = 4_000;

export interface ToolTurn {
  readonly tools: WebTools;
  readonly asked: ToolAsked;
  readonly speaker: Speaker;
  /** The node's own words, which are being said. */
  readonly speech: Speech;
  /** Said one after another while nothing has come; empty: nothing is said. */
  readonly fillers: readonly string[];
  /** Something of the kind has been said just before. */
  readonly filled: boolean;
  readonly clock: Clock;
  /** Aborted when the caller has left the node. */
  readonly signal: AbortSignal;
}

/** Asks while the node's prompt is spoken, fills the silence after it, and comes back when all that was begun is said. */
export async function answerOfTool({
  tools,
  asked,
  speaker,
  speech,
  fillers,
  filled: filledBefore,
  clock,
  signal,
}: ToolTurn) {
  let said: Promise<unknown> = speech.ended;
  let waiting = true;
  let filled = 0;
  let cancel: Cancel = () => undefined;
  const fillAfter = async (silenceMs: number): Promise<void> => {
    await said;
    if (!waiting || signal.aborted) return;
    const filler = fillers[filled++ % fillers.length];
    if (filler === undefined) return;
    cancel = clock.after(silenceMs, () => {
      said = speaker.say([filler], { bargeIn: false, keep: true }).ended;
      void fillAfter(FILLER_AGAIN_MS);
    });
  };
  signal.addEventListener('abort', () => cancel(), { once: true });
  void fillAfter(filledBefore ? FILLER_AGAIN_MS : FILLER_AFTER_MS);
  const values = await tools.ask(asked, signal);
  waiting = false;
  cancel();
  await said;
  return values;
}
