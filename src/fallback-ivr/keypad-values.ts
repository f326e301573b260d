import type { EntityOf, ReckonedEntity } from '../flow/entities.js';
import { amountValue, dateValue, timeValues, type Day } from '../flow/reckoned-values.js';
import type { KeySpec } from './key-collector.js';
import type { KeyWords } from '../flow/words/own-words.js';

/**
 * The keypad form of values that are reckoned: dates as MMDD or DDMM, times as HHMM and then the half of the day where it is
 * open, amounts with `*` as point, codes with two keys a letter. Pure.
 */
export interface ValueQuestion {
  readonly prompt: readonly string[];
  readonly spec: KeySpec;
}

/** What is on the letter keys: key 2 at its first place has A. */
export const letterKeys = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'] as const;
export const firstLetterKey = 2;

/** @param keyed the hour and minutes that wait for their half of the day */
export function valueQuestion(entity: ReckonedEntity, keyed: string | undefined, words: KeyWords): ValueQuestion {
  switch (entity.type) {
    case 'date': {
      return {
        prompt: [words.date[entity.keys ?? 'MMDD'], ...(asksYear(entity) ? [words.year] : [])],
        spec: digits(dateLength(entity)),
      };
    }
    case 'time':
      if (keyed !== undefined) {
        return {
          prompt: [words.am, words.pm],
          spec: { kind: 'choice', keys: new Set(['1', '2']) },
        };
      }
      return { prompt: [words.time], spec: digits(4) };
    case 'amount':
      return {
        prompt: [words.amount, words.thenPound],
        spec: { kind: 'amount', whole: String(entity.max).length },
      };
    case 'code':
      return { prompt: codePrompt(entity, words), spec: digits(codeLength(entity)) };
    default:
      return entity satisfies never;
  }
}

export type KeyedValue =
  | { readonly type: 'value'; readonly value: string }
  /** A time of which the half of the day is open. */
  | { readonly type: 'half'; readonly keyed: string }
  | { readonly type: 'invalid' };

export function keyedValue(entity: ReckonedEntity, keys: string, today: Day): KeyedValue {
  switch (entity.type) {
    case 'date':
      return valueOrInvalid(dateValue(entity, keyedDate(entity, keys), today));
    case 'time': {
      const [one, other] = timeValues(entity, { hour: Number(keys.slice(0, 2)), minute: Number(keys.slice(2)) });
      return other === undefined ? valueOrInvalid(one) : { type: 'half', keyed: keys };
    }
    case 'amount': {
      const [whole = '', part = ''] = keys.split('.');
      return valueOrInvalid(amountValue(entity, 100 * Number(whole) + Number(part.padEnd(2, '0'))));
    }
    case 'code':
      return valueOrInvalid(codeOf(entity, keys));
    default:
      return entity satisfies never;
  }
}

/** The time of which the caller has keyed the half at last. */
export function halfChosen(entity: EntityOf<'time'>, keyed: string, key: string): KeyedValue {
  const hour = Number(keyed.slice(0, 2));
  const half = key === '1' ? 'am' : 'pm';
  return valueOrInvalid(timeValues(entity, { hour, minute: Number(keyed.slice(2)), half })[0]);
}

function valueOrInvalid(value: string | undefined): KeyedValue {
  return value === undefined ? { type: 'invalid' } : { type: 'value', value };
}

function digits(length: number): KeySpec {
  return { kind: 'digits', min: length, max: length };
}

export function asksYear({ year }: EntityOf<'date'>): boolean {
  return year === 'asked';
}

function dateLength(entity: EntityOf<'date'>): number {
  return asksYear(entity) ? 8 : 4;
}

function keyedDate(entity: EntityOf<'date'>, keys: string): { month: number; day: number; year?: number } {
  const [first, second] = [Number(keys.slice(0, 2)), Number(keys.slice(2, 4))];
  const [day, month] = entity.keys === 'DDMM' ? [first, second] : [second, first];
  return asksYear(entity) ? { day, month, year: Number(keys.slice(4)) } : { day, month };
}

function codePrompt({ pattern }: EntityOf<'code'>, words: KeyWords): readonly string[] {
  if (!pattern.includes('A')) return [words.use];
  return pattern.includes('9') ? [...words.letters, words.digits] : words.letters;
}

function codeLength({ pattern }: EntityOf<'code'>): number {
  return [...pattern].reduce((keys, kind) => keys + (kind === 'A' ? 2 : 1), 0);
}

function codeOf({ pattern }: EntityOf<'code'>, keys: string): string | undefined {
  let at = 0;
  let code = '';
  for (const kind of pattern) {
    const key = keys[at++] ?? '';
    const sign = kind === 'A' ? letterKeys[Number(key) - firstLetterKey]?.[Number(keys[at++]) - 1] : key;
    if (sign === undefined) return undefined;
    code += sign;
  }
  return code;
}
