import type { FormNode } from '../../flow/schema.js';
import { english } from './english.js';
import { entityArcs } from './entity-arcs.js';
import { openWeight } from './entity-place.js';
import type { GrammarBuilder } from './grammar-builder.js';
import { orderOf, type SlotOrder } from './slot-order.js';

/** More arcs than this, and the grammar stops remembering which slots were said: then a reader has to drop doubles. */
const maxArcs = 30_000;
const otherOrderWeight = -1;

export interface FormPlace {
  readonly from: number;
  readonly to: number;
  /** Log-probability cost of leaving out a required slot. */
  readonly missingWeight: number;
}

/**
 * Adds whole sentences of a form: a class bigram over its slots, learnt from the example sentences, in which every slot
 * may be left out and none is said twice.
 *
 * A state is (last slot, slots said that could still come again), so doubles are impossible at the price of some copies
 * of the values; where that price is too high (many slots in free order, long lists), only the last slot is remembered.
 */
export function formArcs(grammar: GrammarBuilder, form: FormNode, place: FormPlace): void {
  const order = orderOf(form);
  const entities = new Map(form.slots.map((slot) => [slot.name, slot.entity]));
  const memory = stateCost(order, form) <= maxArcs;
  const todo: { readonly slot: string; readonly said: ReadonlySet<string>; readonly exit: number }[] = [];

  /** The state before `slot`, made on first use together with the slot's own arcs and the state after it. */
  const entries = new Map<string, number>();
  const entry = (slot: string, before: ReadonlySet<string>): number => {
    const reachable = order.reachable(slot);
    const said = new Set([...before, slot].filter((name) => memory && reachable.has(name)));
    const key = [slot, ...[...said].sort()].join('|');
    const known = entries.get(key);
    if (known !== undefined) return known;
    const from = grammar.state();
    const exit = grammar.state();
    entries.set(key, from);
    const entity = entities.get(slot);
    if (entity) entityArcs(grammar, entity, { from, to: exit, open: place.to, slot });
    // Whatever order people find: from text it is read, but the recogniser would pay for it with accuracy.
    grammar.free(exit, place.from, { weight: otherOrderWeight, textOnly: true });
    todo.push({ slot, said, exit });
    return from;
  };

  const connect = (from: number, slot: string | undefined, said: ReadonlySet<string>): void => {
    const middles = new Map<string, number>();
    for (const step of order.after(slot)) {
      if (step.to !== undefined && said.has(step.to)) continue;
      const weight = step.missing * place.missingWeight;
      const to = step.to === undefined ? place.to : entry(step.to, said);
      if (step.words === '') {
        grammar.free(from, to, { weight });
        continue;
      }
      let middle = middles.get(step.words);
      if (middle === undefined) {
        const spoken = grammar.state();
        middle = grammar.state();
        middles.set(step.words, middle);
        grammar.arc(from, step.words, spoken);
        grammar.free(spoken, middle);
        if (step.to !== undefined) {
          grammar.free(spoken, place.to, { weight: openWeight, tag: { set: 'open' } });
          // After an opening (“bake me a”) articles are usual; after “with” the recogniser is better off without.
          grammar.any(spoken, english.articles, middle, { textOnly: slot !== undefined, weight: -0.2 });
        }
      }
      grammar.free(middle, to, { weight });
      // Callers drop “with” and “and” when they think; the recogniser gets the full form only.
      if (slot !== undefined && step.to !== undefined) grammar.free(from, to, { weight: weight - 1.5, textOnly: true });
    }
  };

  connect(place.from, undefined, new Set());
  for (let next = todo.pop(); next; next = todo.pop()) connect(next.exit, next.slot, next.said);
}

/** How many arcs the automaton would get with full memory, counted without building it. */
function stateCost(order: SlotOrder, form: FormNode): number {
  const values = new Map(
    form.slots.map(({ name, entity }) => {
      if (entity.type === 'list') return [name, entity.values.length];
      if (entity.type === 'compound') return [name, entity.parts.reduce((sum, part) => sum + part.values.length, 0)];
      if (entity.type === 'number') return [name, entity.max - entity.min + 1];
      return [name, 100];
    }),
  );
  const seen = new Set<string>();
  let cost = 0;
  const visit = (slot: string | undefined, said: ReadonlySet<string>): void => {
    for (const { to } of order.after(slot)) {
      if (to === undefined || said.has(to) || cost > maxArcs) continue;
      const next = new Set([...said, to].filter((name) => order.reachable(to).has(name)));
      const key = [to, ...[...next].sort()].join('|');
      if (seen.has(key)) continue;
      seen.add(key);
      cost += 1 + (values.get(to) ?? 1);
      visit(to, next);
    }
  };
  visit(undefined, new Set());
  return cost;
}
