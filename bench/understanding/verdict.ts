import { sameMeaning } from '../../src/dialog/denials.js';
import { initialState } from '../../src/dialog/entering.js';
import { step } from '../../src/dialog/interpreter.js';
import type { Circumstances, DialogState } from '../../src/dialog/state.js';
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
 * `confirmed-wrong` are read back, `second-right` after it, behind a “no”; `refused` is asked again. `part`: the flow asks on, nothing that it has taken is wrong, and
 * some of what was said is missing.
 */
export type Verdict =
  'right' | 'part' | 'confirmed-right' | 'acted-wrong' | 'confirmed-wrong' | 'second-right' | 'refused';

const now: Circumstances = { wallMs: 0, speech: true, languageModel: false };
const NO: readonly Hypothesis[] = [{ meaning: { intent: 'no', slots: {} }, probability: 1 }];

/** The dialog at that place, on the AI face, as a caller meets it there for the first time. */
export function stateAt({ flow, nodeId, confirming }: Place): DialogState {
  return { ...initialState(flow), nodeId, confirming };
}

/**
 * Lets the interpreter itself decide. A form that asks for what is missing has acted on nothing yet: what it holds is read back in the
 * end, unless it is sure, or told not to.
 *
 * @param truth what was meant; absent where the flow cannot know it
 */
export function verdictOf(place: Place, hypotheses: readonly Hypothesis[], truth: Meaning | undefined): Verdict {
  const { outcome, meaning, state } = step(place.flow, stateAt(place), { type: 'speech', hypotheses, text: '' }, now);
  const acted = outcome === 'accepted' || outcome === 'confirmed' || outcome === 'denied';
  if (!acted && outcome !== 'confirm') return 'refused';
  const right = truth !== undefined && meaning !== undefined && sameMeaning(truth, meaning);
  if (right) return acted ? 'right' : 'confirmed-right';
  if (!acted) {
    if (truth && meaning && leadsTo(place, meaning, truth)) return 'part';
    return truth && isNextGuess(place, state, truth) ? 'second-right' : 'confirmed-wrong';
  }
  if (state.asked === undefined) return 'acted-wrong';
  if (truth && truth.intent === state.nodeId && isPartOf(state.draft, truth.slots)) return 'part';
  return isReadBack(place.flow, state) ? 'confirmed-wrong' : 'acted-wrong';
}

/** Whether what is read back behind a “no” is what was meant. */
function isNextGuess({ flow, confirming }: Place, state: DialogState, truth: Meaning): boolean {
  if (confirming) return false;
  const guess = step(flow, state, { type: 'speech', hypotheses: NO, text: '' }, now).state.confirming;
  return guess !== undefined && sameMeaning(guess, truth);
}

/** Whether an option without any value is the one behind which the truth is asked for. */
function leadsTo({ flow, nodeId }: Place, { intent, slots }: Meaning, truth: Meaning): boolean {
  const node = flow.nodes[nodeId];
  const option = node?.kind === 'menu' ? node.options.find(({ id }) => id === intent) : undefined;
  return option !== undefined && option.next === truth.intent && Object.keys(slots).length === 0;
}

function isReadBack(flow: Flow, { draftSure, nodeId }: DialogState): boolean {
  const node = flow.nodes[nodeId];
  const policy = node?.kind === 'form' ? (node.confirm ?? 'unsure') : 'never';
  return policy === 'always' || (policy === 'unsure' && !draftSure);
}

function isPartOf(part: Meaning['slots'], whole: Meaning['slots']): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}
