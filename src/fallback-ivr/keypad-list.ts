import type { KeyEvent } from './key-collector.js';
import { choice, type KeypadProgress, type KeypadQuestion, type ValueAnswer } from './keypad-question.js';
import { spoken } from '../flow/expectation.js';
import type { ListValue } from '../flow/schema.js';
import type { KeyWords } from '../flow/words/own-words.js';

/** Values on one page of a list; key 9 leads to the next page. */
export const PAGE = 8;
/** So many fit on one page without “more”. */
export const ONE_PAGE = PAGE + 1;
export const MORE_KEY = '9';

/** One page of values, each with its key. */
export function listQuestion(
  values: readonly ListValue[],
  page: number,
  before: readonly string[],
  after: readonly string[],
  words: KeyWords,
): KeypadQuestion {
  const shown = onPage(values, page);
  const more = hasMore(values, page);
  const keys = shown.map((_v, i) => String(i + 1));
  return {
    prompt: [
      ...before,
      ...shown.map((v, i) => words.press(spoken(v).said, String(i + 1))),
      ...(more ? [words.more(MORE_KEY)] : []),
      ...after,
    ],
    spec: choice(more ? [...keys, MORE_KEY] : keys),
  };
}

export function listAnswer(values: readonly ListValue[], progress: KeypadProgress, event: KeyEvent): ValueAnswer {
  if (event.type !== 'choice') return { type: 'ask', progress };
  if (event.key === MORE_KEY && hasMore(values, progress.page))
    return { type: 'ask', progress: { ...progress, page: progress.page + 1 } };
  const value = onPage(values, progress.page)[Number(event.key) - 1];
  return value === undefined ? { type: 'invalid' } : { type: 'value', value: spoken(value).value };
}

/** A list of nine fits on one page; longer ones show eight and “more”. */
export function onPage<T>(values: readonly T[], page: number): readonly T[] {
  return values.length <= ONE_PAGE ? values : values.slice(page * PAGE, page * PAGE + PAGE);
}

export function hasMore(values: readonly unknown[], page: number): boolean {
  return values.length > ONE_PAGE && (page + 1) * PAGE < values.length;
}

export function pagesOf(values: readonly ListValue[]): number {
  return Math.ceil(values.length / PAGE);
}
