import type { KeyEvent } from './key-collector.js';
import { listAnswer, listQuestion, pagesOf } from './keypad-list.js';
import { choice, keypadStart, type KeypadProgress, type KeypadQuestion, type ValueAnswer } from './keypad-question.js';
import { halfChosen, keyedValue, valueQuestion } from './keypad-values.js';
import type { Day } from '../flow/reckoned-values.js';
import type { Entity, FormSlot } from '../flow/schema.js';
import type { KeyWords } from '../flow/words/own-words.js';

export function entityQuestion(
  entity: Entity,
  progress: KeypadProgress,
  slot: FormSlot | undefined,
  words: KeyWords,
): KeypadQuestion {
  const skip = slot && !slot.required ? [words.skip] : [];
  switch (entity.type) {
    case 'list':
      return listQuestion(entity.values, progress.page, progress.page === 0 && slot ? [slot.ask] : [], skip, words);
    case 'compound': {
      const index = nextPart(entity, progress.parts);
      const part = entity.parts[index] ?? entity.parts[0];
      const first = progress.page === 0 && progress.parts.length === 0 && slot ? [slot.ask] : [];
      const ask = progress.page === 0 && part?.ask ? [part.ask] : first;
      return listQuestion(part?.values ?? [], progress.page, ask, part?.optional ? [words.skip] : skip, words);
    }
    case 'digits':
    case 'number': {
      const ask = slot ? [slot.ask] : [];
      const length = digitsOf(entity);
      const end = length.min === length.max ? [] : [words.thenPound];
      return { prompt: [...ask, words.use, ...end, ...skip], spec: { kind: 'digits', ...length } };
    }
    case 'yesno':
      return {
        prompt: [...(slot ? [slot.ask] : []), words.yes, words.no, ...skip],
        spec: choice(['1', '2']),
      };
    case 'date':
    case 'time':
    case 'amount':
    case 'code': {
      const [keyed] = progress.parts;
      const { prompt, spec } = valueQuestion(entity, keyed, words);
      return { prompt: [...(slot && keyed === undefined ? [slot.ask] : []), ...prompt, ...skip], spec };
    }
  }
}

export function entityAnswer(
  entity: Entity,
  progress: KeypadProgress,
  event: KeyEvent,
  optional: boolean,
  today: Day,
): ValueAnswer {
  // Of a compound value, one part may be skipped.
  if (event.type === 'pound' && optional && entity.type !== 'compound') return { type: 'value', value: '' };
  switch (entity.type) {
    case 'list':
      return listAnswer(entity.values, progress, event);
    case 'compound': {
      const index = nextPart(entity, progress.parts);
      const part = entity.parts[index];
      if (!part) return { type: 'invalid' };
      if (event.type === 'pound' && !part.optional && optional) return { type: 'value', value: '' };
      const chosen: ValueAnswer =
        event.type === 'pound' && part.optional
          ? { type: 'value', value: '' }
          : listAnswer(part.values, progress, event);
      if (chosen.type !== 'value') return chosen;
      const parts = withPart(progress.parts, entity.parts.length, index, chosen.value);
      if (nextPart(entity, parts) >= 0) return { type: 'ask', progress: { ...progress, parts, page: 0 } };
      return { type: 'value', value: parts.filter((p) => p !== '' && p !== UNASKED).join(' ') };
    }
    case 'digits':
      return event.type === 'digits' ? { type: 'value', value: event.digits } : { type: 'ask', progress };
    case 'number': {
      if (event.type !== 'digits') return { type: 'ask', progress };
      const value = Number(event.digits);
      return value >= entity.min && value <= entity.max ? { type: 'value', value: String(value) } : { type: 'invalid' };
    }
    case 'yesno':
      if (event.type !== 'choice') return { type: 'ask', progress };
      return { type: 'value', value: event.key === '1' ? 'yes' : 'no' };
    case 'date':
    case 'time':
    case 'amount':
    case 'code': {
      const [keyed] = progress.parts;
      const answer =
        event.type === 'digits'
          ? keyedValue(entity, event.digits, today)
          : event.type === 'choice' && entity.type === 'time' && keyed !== undefined
            ? halfChosen(entity, keyed, event.key)
            : undefined;
      if (answer === undefined) return { type: 'ask', progress };
      return answer.type === 'half' ? { type: 'ask', progress: { ...progress, parts: [answer.keyed] } } : answer;
    }
  }
}

/** Every piece of text that can be said while a value is asked for. */
export function entityTexts(entity: Entity, slot: FormSlot | undefined, words: KeyWords): string[] {
  const texts: string[] = [];
  if (entity.type === 'list') {
    for (let page = 0; page < pagesOf(entity.values); page++)
      texts.push(...entityQuestion(entity, { ...keypadStart, page }, slot, words).prompt);
  } else if (entity.type === 'compound') {
    for (let parts: readonly string[] = []; nextPart(entity, parts) >= 0;) {
      const index = nextPart(entity, parts);
      const values = entity.parts[index]?.values ?? [];
      for (let page = 0; page < pagesOf(values); page++)
        texts.push(...entityQuestion(entity, { ...keypadStart, page, parts }, slot, words).prompt);
      parts = withPart(parts, entity.parts.length, index, 'x');
    }
  } else {
    texts.push(...entityQuestion(entity, keypadStart, slot, words).prompt);
    if (entity.type === 'time')
      texts.push(...entityQuestion(entity, { ...keypadStart, parts: [''] }, slot, words).prompt);
  }
  return texts;
}

function digitsOf(entity: Extract<Entity, { type: 'digits' | 'number' }>): { min: number; max: number } {
  return entity.type === 'digits' ? { min: entity.min, max: entity.max } : { min: 1, max: String(entity.max).length };
}

const UNASKED = '\u0000';

/** By keys the required part comes first: nobody answers “how much?” before “of what?”. -1 = all asked. */
export function nextPart(entity: Extract<Entity, { type: 'compound' }>, parts: readonly string[]): number {
  const open = entity.parts.map((part, index) => ({ part, index })).filter(({ index }) => isUnasked(parts[index]));
  return (open.find(({ part }) => !part.optional) ?? open[0])?.index ?? -1;
}

function isUnasked(part: string | undefined): boolean {
  return part === undefined || part === UNASKED;
}

function withPart(parts: readonly string[], count: number, index: number, value: string): string[] {
  return Array.from({ length: count }, (_x, i) => (i === index ? value : (parts[i] ?? UNASKED)));
}
