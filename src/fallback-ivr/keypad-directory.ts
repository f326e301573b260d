import type { KeyEvent } from './key-collector.js';
import { hasMore, MORE_KEY, onPage } from './keypad-list.js';
import { choice, type KeypadProgress, type KeypadQuestion, type ValueAnswer } from './keypad-question.js';
import { nameKeys, labelOf, peopleOf } from '../flow/directory.js';
import type { Person } from '../flow/schema.js';
import type { KeyWords } from '../flow/words/own-words.js';

/**
 * The keypad face of a directory. `parts` of its progress holds who may be meant: nothing at the beginning, the keys of a
 * name, or the people whom the caller has named; '' where the keys were those of too many.
 */

/** More people than this are not read out: the caller keys in more letters. */
export const MOST_READ = 40;

/** Those who are read out, each with a key; undefined where a name is asked for. */
export function peopleRead(people: readonly Person[], { parts }: KeypadProgress): readonly Person[] | undefined {
  const [given] = parts;
  if (given === undefined || given === '') return undefined;
  const bySign = read.get(people) ?? new Map<string, readonly Person[]>();
  read.set(people, bySign);
  const known =
    bySign.get(given) ??
    (/^[2-9]+$/.test(given) ? (nameKeys(people).get(given)?.found ?? []) : peopleOf(people, given));
  bySign.set(given, known);
  return known;
}

/** The same people are the same list, so that what was compiled for them is found again. */
const read = new WeakMap<readonly Person[], Map<string, readonly Person[]>>();

export function directoryQuestion(
  people: readonly Person[],
  progress: KeypadProgress,
  words: KeyWords,
): KeypadQuestion {
  const among = peopleRead(people, progress);
  if (!among) {
    const prompt = progress.parts[0] === '' ? words.moreLetters : words.lastName;
    return { prompt: [prompt], spec: { kind: 'choice', keys: new Set(), names: nameKeys(people) } };
  }
  const shown = onPage(among, progress.page);
  const more = hasMore(among, progress.page);
  const keys =
    among.length === 1 ? [...'123456789'] : [...shown.map((_p, i) => String(i + 1)), ...(more ? [MORE_KEY] : [])];
  return {
    prompt: [
      ...shown.flatMap((person, i) => [nameText(person), words.pressKey(String(i + 1))]),
      ...(more ? [words.more(MORE_KEY)] : []),
      words.otherName,
    ],
    spec: choice(keys),
  };
}

/** Whoever goes on keying in a name that was clear already hears it again: that is no wrong key. */
export function directoryAnswer(people: readonly Person[], progress: KeypadProgress, event: KeyEvent): ValueAnswer {
  if (event.type !== 'choice') return { type: 'ask', progress };
  const among = peopleRead(people, progress);
  if (!among) {
    const found = nameKeys(people).get(event.key)?.found.length ?? 0;
    return { type: 'ask', progress: { ...progress, parts: [found > MOST_READ ? '' : event.key], page: 0 } };
  }
  if (event.key === MORE_KEY && hasMore(among, progress.page))
    return { type: 'ask', progress: { ...progress, page: progress.page + 1 } };
  const person = onPage(among, progress.page)[Number(event.key) - 1];
  return person ? { type: 'value', value: labelOf(person) } : { type: 'ask', progress };
}

/** Everything that can be said of a directory by keys. */
export function directoryTexts(people: readonly Person[], words: KeyWords): string[] {
  const keys = [...'123456789'].map((key) => words.pressKey(key));
  return [words.lastName, words.moreLetters, words.otherName, words.more(MORE_KEY), ...keys, ...people.map(nameText)];
}

/** A person, as they are read out. */
export function nameText(person: Person): string {
  return `${labelOf(person)}.`;
}
