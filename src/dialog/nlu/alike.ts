import { english } from './english.js';
import { numberWords } from './words.js';

/**
 * Words that the recogniser may have written in place of others: “ice” for “iced”, “americana” for “americano”. Nobody is hurt by a
 * guess, because a word that is only alike explains less than the word itself.
 */

/** Shorter words are too often another word. */
const SHORTEST_MEANT = 4;
const SHORTEST_SAID = 3;
/** From this length on two letters may be wrong, in shorter words one. */
const LONG = 8;

/** Three for two is no mishearing that can be left to a guess. */
const NUMBERS: ReadonlySet<string> = new Set(
  Array.from({ length: 100 }, (_, value) => numberWords(value))
    .flat()
    .concat('hundred', 'thousand'),
);

/**
 * Which words of a vocabulary are alike to one that is not in it; none for words that carry no meaning, and for numbers. Finds each
 * word once.
 */
export class AlikeWords {
  readonly #meant: readonly string[];
  readonly #found = new Map<string, readonly string[]>();

  constructor(private readonly vocabulary: ReadonlySet<string>) {
    this.#meant = [...vocabulary].filter((word) => word.length >= SHORTEST_MEANT && carriesMeaning(word));
  }

  of(said: string): readonly string[] {
    const known = this.#found.get(said);
    if (known) return known;
    const found = this.#search(said);
    if (this.#found.size >= MOST_KEPT) this.#found.clear();
    this.#found.set(said, found);
    return found;
  }

  #search(said: string): readonly string[] {
    if (this.vocabulary.has(said) || said.length < SHORTEST_SAID || !carriesMeaning(said)) return [];
    return this.#meant.filter((meant) => {
      const most = Math.min(meant.length, said.length) >= LONG ? 2 : 1;
      return Math.abs(meant.length - said.length) <= most && isWithin(said, meant, most);
    });
  }
}

/** Callers may say anything: what was found for them is not kept for ever. */
const MOST_KEPT = 1_000;

function carriesMeaning(word: string): boolean {
  return (
    !NUMBERS.has(word) && !english.functionWords.has(word) && !english.noise.has(word) && !english.negations.has(word)
  );
}

/** Whether one word becomes the other by so many letters changed, left out or put in. */
function isWithin(one: string, other: string, most: number): boolean {
  if (one === other) return true;
  if (most === 0) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const [rest, otherRest] = [one.slice(at), other.slice(at)];
  return (
    isWithin(rest.slice(1), otherRest.slice(1), most - 1) ||
    isWithin(rest, otherRest.slice(1), most - 1) ||
    isWithin(rest.slice(1), otherRest, most - 1)
  );
}
