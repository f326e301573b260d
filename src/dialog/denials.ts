import type { DialogState } from './state.js';
import { peopleMeant } from './directory.js';
import type { Hypothesis, Meaning } from '../flow/expectation.js';
import type { Flow } from '../flow/schema.js';

/** How often a “no” was not meant so, or another mind has come to the caller: what was denied is that much less likely. */
const DENIED_ALL_THE_SAME = 0.05;

/** What was heard, in the light of what the caller has denied: Bayes, with all that adds up to less than 1 as something else. Best first. */
export function afterDenials(heard: readonly Hypothesis[], denied: readonly Meaning[]): readonly Hypothesis[] {
  if (denied.length === 0) return heard;
  const elsewhere = Math.max(0, 1 - heard.reduce((sum, { probability }) => sum + probability, 0));
  const weighed = heard.map(({ meaning, probability }) => {
    const isDenied = denied.some((one) => sameMeaning(one, meaning));
    return { meaning, probability: probability * (isDenied ? DENIED_ALL_THE_SAME : 1) };
  });
  const all = weighed.reduce((sum, { probability }) => sum + probability, elsewhere);
  return weighed
    .map(({ meaning, probability }) => ({ meaning, probability: all === 0 ? 0 : probability / all }))
    .sort((a, b) => b.probability - a.probability);
}

/** The guess to read back after those that were denied, if there is one that is likely enough. */
export function nextGuess(
  { heard = [] }: Pick<DialogState, 'heard'>,
  denied: readonly Meaning[],
  confirm: number,
): Meaning | undefined {
  const [best] = afterDenials(heard, denied);
  if (!best || best.probability < confirm || denied.some((one) => sameMeaning(one, best.meaning))) return undefined;
  return best.meaning;
}

/** Of what was heard, all that could be read back in the same way at that node. */
export function alikeAt(flow: Flow, nodeId: string, heard: readonly Hypothesis[]): readonly Hypothesis[] {
  const node = flow.nodes[nodeId];
  return heard.filter(({ meaning }) => {
    switch (node?.kind) {
      case 'menu':
        return node.options.some(({ id }) => id === meaning.intent);
      case 'collect':
        return meaning.slots[node.slot] !== undefined;
      case 'directory':
        return peopleMeant(node, meaning).length === 1;
      case 'form':
        return meaning.intent === nodeId && node.slots.every(({ name, required }) => !required || meaning.slots[name]);
      default:
        return false;
    }
  });
}

export function sameMeaning(one: Meaning, other: Meaning): boolean {
  const slots = Object.entries(one.slots);
  return (
    one.intent === other.intent &&
    one.answerId === other.answerId &&
    slots.length === Object.keys(other.slots).length &&
    slots.every(([name, value]) => other.slots[name] === value)
  );
}
