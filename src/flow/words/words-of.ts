import { english } from './english.js';
import { german } from './german.js';
import type { OwnWords } from './own-words.js';

const byLanguage: ReadonlyMap<string, OwnWords> = new Map([
  ['en', english],
  ['de', german],
]);

/** The languages in which the bot has words of its own, as the first part of a tag. */
export const wordedLanguages: readonly string[] = [...byLanguage.keys()];

/** The bot's own words in a language (`de-DE`); English where there are none, which the lint has told. */
export function wordsOf(language: string): OwnWords {
  return byLanguage.get(baseOf(language)) ?? english;
}

export function hasWords(language: string): boolean {
  return byLanguage.has(baseOf(language));
}

/** Whether speech in this language can be understood: numbers, dates and yes and no are known in English alone. */
export function isUnderstood(language: string): boolean {
  return baseOf(language) === 'en';
}

function baseOf(language: string): string {
  return language.split('-')[0] ?? language;
}
