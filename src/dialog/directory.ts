import { ask, type Cause } from './entering.js';
import type { DialogState, Step } from './state.js';
import { nameText } from '../fallback-ivr/keypad-directory.js';
import { keypadStart } from '../fallback-ivr/keypad-question.js';
import { labelOf, peopleOf, slotOf, valueOf } from '../flow/directory.js';
import type { Hypothesis, Meaning } from '../flow/expectation.js';
import { pieces } from '../flow/pieces.js';
import type { DirectoryNode, Flow, Person } from '../flow/schema.js';
import { wordsOf } from '../flow/words/words-of.js';

/** More people than this are not read out to somebody who can say the whole name. */
const MOST_OFFERED = 9;

export function peopleMeant(node: DirectoryNode, { slots }: Meaning): readonly Person[] {
  return peopleOf(node.people ?? [], slots[slotOf(node)] ?? '');
}

/**
 * Who was asked for: names that sound alike share the probability, so the likeliest are taken together until they are
 * `accept` sure. Somebody who is that sure alone stays alone.
 */
export function likelyPeople(
  node: DirectoryNode,
  hypotheses: readonly Hypothesis[],
  accept: number,
): readonly Hypothesis[] {
  const slot = slotOf(node);
  const named = hypotheses.filter(({ meaning }) => meaning.slots[slot] !== undefined);
  const meant = new Set<Person>();
  let sum = 0;
  for (const { meaning, probability } of named) {
    for (const person of peopleMeant(node, meaning)) meant.add(person);
    sum += probability;
    if (sum >= accept || meant.size > MOST_OFFERED) break;
  }
  if (sum < accept || meant.size > MOST_OFFERED) return hypotheses;
  const value = valueOf((node.people ?? []).filter((person) => meant.has(person)));
  return [{ meaning: { intent: undefined, slots: { [slot]: value } }, probability: Math.min(1, sum) }];
}

/** Acts on who was asked for: one is called, of several the caller chooses. */
export function callOrChoose(flow: Flow, state: DialogState, node: DirectoryNode, cause: Cause): Step {
  const meaning = cause.meaning ?? { intent: undefined, slots: {} };
  const found = peopleMeant(node, meaning);
  const [person, other] = found;
  const words = wordsOf(flow.language).directory;
  if (person && !other) return callThem(flow, state, node, person, cause);
  if (!person || found.length > MOST_OFFERED)
    return ask(flow, { ...state, keypad: keypadStart }, { ...cause, outcome: 'nomatch' }, [], words.wholeName);
  const reading = { ...state, keypad: { ...keypadStart, parts: [valueOf(found)] } };
  return ask(flow, reading, { ...cause, outcome: 'confirm' }, []);
}

function callThem(flow: Flow, state: DialogState, node: DirectoryNode, person: Person, cause: Cause): Step {
  const variables = { ...state.variables, [slotOf(node)]: labelOf(person) };
  const say = node.connecting
    ? pieces(node.connecting, variables)
    : [wordsOf(flow.language).directory.putThrough, nameText(person)];
  return {
    state: { ...state, variables, keypad: keypadStart, confirming: undefined },
    say,
    then: { type: 'transfer', to: person.extension, ringMs: node.ringMs ?? 25_000 },
    outcome: cause.outcome,
    fallback: cause.fallback,
    meaning: cause.meaning,
  };
}
