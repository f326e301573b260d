import { initialState } from '../../src/dialog/entering.js';
import { step } from '../../src/dialog/interpreter.js';
import type { DialogState } from '../../src/dialog/state.js';
import type { Hypothesis, Meaning } from '../../src/flow/expectation.js';
import type { Flow } from '../../src/flow/schema.js';

/** Where in a flow something is said. */
export interface Place {
  readonly flow: Flow;
  readonly nodeId: string;
  /** What is being read back at that moment, if anything is. */
  readonly confirming?: Meaning;
}

/**
 * What the flow does with what it heard: `right` and `acted-wrong` are acted on without asking, `confirmed-right` and
 * `confirmed-wrong` are read back, `refused` is asked again.
 */
export type Verdict = 'right' | 'confirmed-right' | 'acted-wrong' | 'confirmed-wrong' | 'refused';

/** The dialog at that place, on the AI face, as a caller meets it there for the first time. */
export function stateAt({ flow, nodeId, confirming }: Place): DialogState {
  return { ...initialState(flow), nodeId, confirming };
}

/** Lets the interpreter itself decide. @param truth what was meant; absent where the flow cannot know it */
export function verdictOf(place: Place, hypotheses: readonly Hypothesis[], truth: Meaning | undefined): Verdict {
  const now = { wallMs: 0, speech: true, languageModel: false };
  const { outcome, meaning } = step(place.flow, stateAt(place), { type: 'speech', hypotheses, text: '' }, now);
  const acted = outcome === 'accepted' || outcome === 'confirmed' || outcome === 'denied';
  if (!acted && outcome !== 'confirm') return 'refused';
  const right = truth !== undefined && meaning !== undefined && sameMeaning(truth, meaning);
  if (acted) return right ? 'right' : 'acted-wrong';
  return right ? 'confirmed-right' : 'confirmed-wrong';
}

function sameMeaning(one: Meaning, other: Meaning): boolean {
  const slots = Object.entries(one.slots);
  return (
    one.intent === other.intent &&
    slots.length === Object.keys(other.slots).length &&
    slots.every(([name, value]) => other.slots[name] === value)
  );
}
