import type { FreeTranscript } from '../../local-models/ports.js';
import { digitWord } from './words.js';

const DIGITS: ReadonlySet<string> = new Set([...'0123456789', ...[...'0123456789'].map(digitWord), 'oh', 'o']);

/**
 * How many digits of a reading nobody heard. Where a number of six digits is asked for, the recogniser's grammar makes six of
 * the three that were said so far, by saying them twice; its free transcript has three. One that repeats itself tells nothing.
 */
export function unheardDigits(reading: string, free: FreeTranscript): number {
  return free.runaway ? 0 : Math.max(0, digitsIn(reading) - digitsIn(free.text.reveal()));
}

function digitsIn(text: string): number {
  const words = text.toLowerCase().match(/[0-9]|\p{L}+/gu) ?? [];
  return words.filter((word) => DIGITS.has(word)).length;
}
