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
 * `confirmed-wrong` are read back, `refused` is asked again. `part`: the flow asks on, nothing that it has taken is wrong, and
 * some of what was said is missing.
 */
export type Verdict = 'right' | 'part' | 'confirmed-right' | 'acted-wrong' | 'confirmed-wrong' | 'refused';

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
  const now = { wallMs: 0, speech: true, languageModel: false };
  const { outcome, meaning, state } = step(place.flow, stateAt(place), { type: 'speech', hypotheses, text: '' }, now);
  const acted = outcome === 'accepted' || outcome === 'confirmed' || outcome === 'denied';
  if (!acted && outcome !== 'confirm') return 'refused';
  const right = truth !== undefined && meaning !== undefined && sameMeaning(truth, meaning);
  if (right) return acted ? 'right' : 'confirmed-right';
  if (!acted) return truth && meaning && leadsTo(place, meaning, truth) ? 'part' : 'confirmed-wrong';
  if (state.asked === undefined) return 'acted-wrong';
  if (truth && truth.intent === state.nodeId && isPartOf(state.draft, truth.slots)) return 'part';
  return isReadBack(place.flow, state) ? 'confirmed-wrong' : 'acted-wrong';
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

function sameMeaning(one: Meaning, other: Meaning): boolean {
  const slots = Object.entries(one.slots);
  return (
    one.intent === other.intent &&
    slots.length === Object.keys(other.slots).length &&
    slots.every(([name, value]) => other.slots[name] === value)
  );
}
