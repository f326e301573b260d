import type { Vector } from './sentence-model.js';

/** A sentence as the classifier sees it: its vector, and its words by number with their weights. */
export interface Features {
  readonly vector: Vector;
  readonly words: readonly (readonly [word: number, weight: number])[];
}

/** How much the words count beside the vector, whose length is 1. */
const WORDS_LENGTH = 0.6;

/** The words of a task’s examples, rarer ones heavier (inverse document frequency over the classes). */
export class WordWeights {
  readonly #numbers = new Map<string, number>();
  readonly #rarity = new Map<string, number>();
  readonly #unknown: number;

  constructor(classes: readonly (readonly string[])[]) {
    const owners = new Map<string, number>();
    for (const sentences of classes)
      for (const stem of new Set(sentences.flatMap(stems))) owners.set(stem, (owners.get(stem) ?? 0) + 1);
    for (const [stem, count] of owners) {
      this.#numbers.set(stem, this.#numbers.size);
      this.#rarity.set(stem, Math.log(1 + classes.length / count));
    }
    this.#unknown = Math.log(1 + classes.length);
  }

  get count(): number {
    return this.#numbers.size;
  }

  featuresOf(text: string, vector: Vector): Features {
    const bag = [...new Set(stems(text))];
    const weightOf = (stem: string): number => this.#rarity.get(stem) ?? this.#unknown;
    const length = Math.hypot(...bag.map(weightOf));
    const words = bag.flatMap((stem) => {
      const number = this.#numbers.get(stem);
      return number === undefined ? [] : [[number, (WORDS_LENGTH * weightOf(stem)) / length] as const];
    });
    return { vector, words };
  }
}

/** Share of words in common, 0 to 1. */
export function wordSimilarity(one: Features, other: Features): number {
  const weights = new Map(one.words);
  return other.words.reduce((sum, [word, weight]) => sum + weight * (weights.get(word) ?? 0), 0) / WORDS_LENGTH ** 2;
}

export function cosine(one: Vector, other: Vector): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

/** Lower-case words without punctuation and, crudely, without English endings. */
function stems(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .replace(/['’]/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word) => (word.length < 4 ? word : word.replace(/ies$/, 'y').replace(/(?:ing|ed|es|s)$/, '')));
}
