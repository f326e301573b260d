import { english } from './english.js';
import { canonicalWords } from './words.js';

export interface MatchCandidate {
  readonly id: string;
  readonly phrases: readonly string[];
}

/**
 * How near a text is to each of several candidates, by shared word stems, rare words counting more (IDF over all candidates): no model, well under a millisecond, and
 * blind to synonyms, which the phrases have to list.
 */
export class LexicalMatcher {
  readonly #indexes = new WeakMap<readonly MatchCandidate[], Index>();

  /** @returns one score from 0 to 1 a candidate, in their order */
  match(text: string, candidates: readonly MatchCandidate[]): readonly number[] {
    const { phrases, unions, worth } = this.#index(candidates);
    const said = stems(text);
    return phrases.map((bags, index) => {
      const nearest = Math.max(0, ...bags.map((bag) => overlap(said, bag, worth)));
      // Words of several phrases may be mixed: “talk to a human” out of “talk to a person” and “human”.
      return Math.max(nearest, (nearest + share(said, unions[index] ?? new Set(), worth)) / 2);
    });
  }

  #index(candidates: readonly MatchCandidate[]): Index {
    const known = this.#indexes.get(candidates);
    if (known) return known;
    const phrases = candidates.map((candidate) => candidate.phrases.map((phrase) => stems(phrase)));
    const unions = phrases.map((bags) => new Set(bags.flatMap((bag) => [...bag])));
    const owners = new Map<string, number>();
    for (const stem of unions.flatMap((union) => [...union])) owners.set(stem, (owners.get(stem) ?? 0) + 1);
    const worth = (stem: string): number => {
      if (english.noise.has(stem)) return 0;
      const rarity = Math.log(1 + candidates.length / (owners.get(stem) ?? unknownOwners));
      return rarity * (english.functionWords.has(stem) ? 0.15 : 1);
    };
    const index = { phrases, unions, worth };
    this.#indexes.set(candidates, index);
    return index;
  }
}

/** Candidates made ready: stems a phrase, stems a candidate, and how much a stem tells. */
interface Index {
  readonly phrases: readonly (readonly ReadonlySet<string>[])[];
  readonly unions: readonly ReadonlySet<string>[];
  readonly worth: (stem: string) => number;
}

/** A word of no candidate is rarer than a word of one. */
const unknownOwners = 0.8;

/** Weighted share of `a` that is also in `b`. */
function share(a: ReadonlySet<string>, b: ReadonlySet<string>, worth: (stem: string) => number): number {
  let shared = 0;
  let all = 0;
  for (const stem of a) {
    all += worth(stem);
    if (b.has(stem)) shared += worth(stem);
  }
  return all === 0 ? 0 : shared / all;
}

/** Weighted Dice coefficient of two bags of stems. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>, worth: (stem: string) => number): number {
  const sum = (bag: ReadonlySet<string>) => [...bag].reduce((total, stem) => total + worth(stem), 0);
  const shared = sum(new Set([...a].filter((stem) => b.has(stem))));
  const all = sum(a) + sum(b);
  return all === 0 ? 0 : (2 * shared) / all;
}

/** English endings off, crudely: both sides get the same treatment, so only collisions would matter. */
function stems(text: string): ReadonlySet<string> {
  return new Set(
    canonicalWords(text).map((word) => {
      if (word.length < 4 || english.functionWords.has(word)) return word;
      const stem = word
        .replace(/ies$/, 'y')
        .replace(/(?:ing|ed|es|s)$/, '')
        .replace(/(.)\1$/, '$1');
      return stem.length < 3 ? word : stem.replace(/e$/, '');
    }),
  );
}
