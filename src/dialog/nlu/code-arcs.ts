import type { EntityOf } from '../../flow/entities.js';
import { openWeight, type EntityPlace } from './entity-place.js';
import type { GrammarBuilder, Tag } from './grammar-builder.js';
import { digitWord } from './words.js';

/** The alphabet of pilots, which callers use too, and how the recogniser may write a letter’s name. */
const alphabet = (
  'alpha|alfa bravo charlie delta echo foxtrot golf hotel india juliet|juliett kilo lima mike november oscar papa quebec ' +
  'romeo sierra tango uniform victor whiskey|whisky x-ray|xray yankee zulu'
).split(' ');
const letterNames: Readonly<Record<string, readonly string[]>> = {
  B: ['bee', 'be'],
  C: ['see', 'sea'],
  G: ['gee'],
  I: ['eye'],
  J: ['jay'],
  K: ['kay'],
  O: ['oh'],
  P: ['pee'],
  Q: ['cue', 'queue'],
  R: ['are'],
  T: ['tea', 'tee'],
  U: ['you'],
  Y: ['why'],
  Z: ['zee', 'zed'],
};
const repeatWeight = -1;

/** Letters by name, as they are or by a word (“alpha”, “B as in bravo”); digits; “double” before either. */
export function codeArcs(
  grammar: GrammarBuilder,
  { pattern }: EntityOf<'code'>,
  { from, to, open, slot }: EntityPlace,
): void {
  let at = from;
  const states = [from, ...Array.from({ length: pattern.length - 1 }, () => grammar.state()), to];
  const tag = (part: string, place: number): Tag => ({ set: 'slot', slot, part, at: place, glue: '' });
  [...pattern].forEach((kind, place) => {
    const next = states[place + 1] ?? to;
    const afterNext = pattern[place + 1] === kind ? states[place + 2] : undefined;
    for (const sign of kind === 'A' ? letters : digits) {
      const { phrases, textOnly } = kind === 'A' ? letterPhrases(sign) : digitPhrases(sign);
      grammar.any(at, phrases, next, { tag: tag(sign, place) });
      grammar.any(at, textOnly, next, { tag: tag(sign, place), textOnly: true, weight: -0.5 });
      if (afterNext === undefined) continue;
      const twice = phrases.slice(0, 2).map((phrase) => `double ${phrase}`);
      grammar.any(at, twice, afterNext, { tag: tag(sign + sign, place), weight: repeatWeight });
    }
    if (place > 0) grammar.free(at, open, { weight: openWeight, tag: { set: 'open', drop: slot } });
    at = next;
  });
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const digits = [...'0123456789'];

/** A letter’s name, and the word of the alphabet of pilots; the other ways in which a recogniser may write it. */
export function letterWords(letter: string): Phrases {
  const words = alphabet[letters.indexOf(letter)]?.split('|') ?? [];
  return { phrases: [letter.toLowerCase(), ...words], textOnly: letterNames[letter] ?? [] };
}

interface Phrases {
  readonly phrases: readonly string[];
  readonly textOnly: readonly string[];
}

function letterPhrases(letter: string): Phrases {
  const { phrases, textOnly } = letterWords(letter);
  const [name = '', ...words] = phrases;
  const explained = words.flatMap((word) => [`${name} as in ${word}`, `${name} for ${word}`, `${name} like ${word}`]);
  return { phrases: [...phrases, ...explained], textOnly };
}

function digitPhrases(digit: string): Phrases {
  const word = digitWord(digit);
  return { phrases: digit === '0' ? [word, digit, 'oh'] : [word, digit], textOnly: [] };
}
