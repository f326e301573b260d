import { spoken, type Expectation } from '../../flow/expectation.js';
import type { Entity } from '../../flow/schema.js';
import { currencies, months } from '../../flow/words/english-values.js';

/** In characters: what a recogniser’s prompt can hold. */
const longest = 400;

/** The words that are worth telling a recogniser without grammar, values first, cut to what a prompt can hold. */
export function vocabularyOf(expectation: Expectation): string {
  const words = new Set(vocabularyWords(expectation));
  let text = '';
  for (const word of words) {
    if (text.length + word.length + 2 > longest) break;
    text += text === '' ? word : `, ${word}`;
  }
  return text;
}

function vocabularyWords(expectation: Expectation): readonly string[] {
  switch (expectation.kind) {
    case 'choice':
      return [
        ...expectation.forms.flatMap(({ form }) => form.slots.flatMap(({ entity }) => entityWords(entity))),
        ...expectation.options.flatMap(({ phrases }) => phrases),
      ];
    case 'slots':
      return expectation.form.slots.flatMap(({ entity }) => entityWords(entity));
    case 'entity':
      return entityWords(expectation.entity);
    case 'person':
      return (expectation.among ?? expectation.people).map(({ name }) => name);
    case 'confirmation':
      return ['yes', 'no', ...(expectation.form?.form.slots.flatMap(({ entity }) => entityWords(entity)) ?? [])];
    case 'open':
      return [
        ...expectation.exits.flatMap(({ phrases }) => phrases),
        ...expectation.knowledge.map((k) => k.questions[0] ?? ''),
      ];
    default:
      return expectation satisfies never;
  }
}

function entityWords(entity: Entity): readonly string[] {
  switch (entity.type) {
    case 'list':
      return entity.values.map((value) => spoken(value).value);
    case 'compound':
      return entity.parts.flatMap((part) => part.values.map((value) => spoken(value).value));
    case 'digits':
      return ['1 2 3 4 5 6 7 8 9 0'];
    case 'number':
      return [];
    case 'yesno':
      return ['yes', 'no'];
    case 'date':
      return months;
    case 'time':
      return ['a.m.', 'p.m.', "o'clock"];
    case 'amount':
      return entity.currency === undefined ? [] : [currencies[entity.currency].many, currencies[entity.currency].parts];
    case 'code':
      return ['A B C 1 2 3'];
    default:
      return entity satisfies never;
  }
}
