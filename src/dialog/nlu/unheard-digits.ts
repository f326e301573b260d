import type { FreeTranscript } from '../../local-models/ports.js';
import { digitWord } from './words.js';

const DIGITS: ReadonlyMap<string, string> = new Map([
  ...[...'0123456789'].flatMap((digit) => [[digit, digit] as const, [digitWord(digit), digit] as const]),
  ['oh', '0'],
  ['o', '0'],
]);

/**
 * How many digits of a reading nobody heard. Where a number of six digits is asked for, the recogniser's grammar makes six of
 * the three that were said so far, by saying them twice; its free transcript has three. One that repeats itself tells nothing.
 */
export function unheardDigits(reading: string, free: FreeTranscript): number {
  return free.runaway ? 0 : Math.max(0, digitsIn(reading).length - digitsIn(free.text.reveal()).length);
}

/** Whether the free transcript, which no grammar has led, has the same digits and no other ones. */
export function isWrittenFreely(reading: string, free: FreeTranscript): boolean {
  return !free.runaway && digitsIn(reading) === digitsIn(free.text.reveal());
}

function digitsIn(text: string): string {
  const words = text.toLowerCase().match(/[0-9]|\p{L}+/gu) ?? [];
  return words.map((word) => DIGITS.get(word) ?? '').join('');
}
