import { spoken } from '../../flow/expectation.js';
import type { Entity, ListValue } from '../../flow/schema.js';
import { amountArcs } from './amount-arcs.js';
import { codeArcs } from './code-arcs.js';
import { dateArcs } from './date-arcs.js';
import { english } from './english.js';
import { openWeight, type EntityPlace } from './entity-place.js';
import type { GrammarBuilder } from './grammar-builder.js';
import { timeArcs } from './time-arcs.js';
import { digitWord, numberWords, spellings } from './words.js';

/** “double five” is rarer than “five five”. */
const repeatWeight = -1;
const digitNames = [...'0123456789'];

/** Adds everything that a caller may say for `entity` between two states. */
export function entityArcs(grammar: GrammarBuilder, entity: Entity, place: EntityPlace): void {
  switch (entity.type) {
    case 'list':
      return listArcs(grammar, entity.values, place);
    case 'compound':
      return compoundArcs(grammar, entity, place);
    case 'digits':
      return digitArcs(grammar, entity, place);
    case 'number':
      return numberArcs(grammar, entity, place);
    case 'yesno': {
      const tag = (part: string) => ({ tag: { set: 'slot', slot: place.slot, part, at: 0, glue: ' ' } }) as const;
      grammar.any(place.from, english.yes, place.to, tag('yes'));
      grammar.any(place.from, english.no, place.to, tag('no'));
      return;
    }
    case 'date':
      return dateArcs(grammar, entity, place);
    case 'time':
      return timeArcs(grammar, place);
    case 'amount':
      return amountArcs(grammar, entity, place);
    case 'code':
      return codeArcs(grammar, entity, place);
    default:
      return entity satisfies never;
  }
}

function listArcs(
  grammar: GrammarBuilder,
  values: readonly ListValue[],
  { from, to, slot }: Omit<EntityPlace, 'open'>,
  at = 0,
): void {
  for (const entry of values) {
    const { value, forms } = spoken(entry);
    const tag = { set: 'slot', slot, part: value, at, glue: ' ' } as const;
    for (const form of forms) {
      grammar.any(from, spellings(form), to, { tag });
      if (!form.endsWith('s')) grammar.arc(from, `${form}s`, to, { tag, textOnly: true, weight: -0.1 });
    }
  }
}

function compoundArcs(
  grammar: GrammarBuilder,
  entity: Extract<Entity, { type: 'compound' }>,
  { from, to, slot }: EntityPlace,
): void {
  let at = from;
  entity.parts.forEach((part, index) => {
    const next = index === entity.parts.length - 1 ? to : grammar.state();
    listArcs(grammar, part.values, { from: at, to: next, slot }, index);
    if (part.optional) grammar.free(at, next);
    at = next;
  });
}

/** Digits one by one, with “oh”, “double” and “triple”; pairs (“twelve thirty-four”) are read from text only. */
function digitArcs(
  grammar: GrammarBuilder,
  { min, max }: Extract<Entity, { type: 'digits' }>,
  { from, to, open, slot }: EntityPlace,
): void {
  const states = [from, ...Array.from({ length: max }, () => grammar.state())];
  const at = (count: number) => states[count] ?? to;
  const tag = (part: string, at: number) => ({ set: 'slot', slot, part, at, glue: '' }) as const;
  for (let count = 0; count < max; count++) {
    for (const digit of digitNames) {
      const said = digit === '0' ? ['zero', '0', 'oh', 'o'] : [digitWord(digit), digit];
      grammar.any(at(count), said, at(count + 1), { tag: tag(digit, count) });
      for (const [word, times] of [
        ['double', 2],
        ['triple', 3],
      ] as const) {
        if (count + times > max) continue;
        const phrases = said.map((form) => `${word} ${form}`);
        grammar.any(at(count), phrases, at(count + times), {
          tag: tag(digit.repeat(times), count),
          weight: repeatWeight,
        });
      }
    }
    if (count + 2 > max) continue;
    for (let pair = 10; pair < 100; pair++) {
      const options = { tag: tag(String(pair), count), textOnly: true, weight: -0.2 };
      grammar.arc(at(count), numberWords(pair).join(' '), at(count + 2), options);
    }
  }
  for (let count = 1; count <= max; count++) {
    if (count >= min) grammar.free(at(count), to);
    else grammar.free(at(count), open, { weight: openWeight, tag: { set: 'open', drop: slot } });
  }
}

function numberArcs(
  grammar: GrammarBuilder,
  { min, max }: Extract<Entity, { type: 'number' }>,
  { from, to, slot }: EntityPlace,
): void {
  for (let value = min; value <= max; value++) {
    const tag = { set: 'slot', slot, part: String(value), at: 0, glue: ' ' } as const;
    const said = numberWords(value).join(' ');
    grammar.any(from, [said, String(value)], to, { tag });
    if (/hundred \w/.test(said)) grammar.arc(from, said.replace('hundred ', 'hundred and '), to, { tag });
  }
}
