import type { Features } from './features.js';

/** Found on the development parts of CLINC150 and BANKING77, 10 examples a class; the same for any task. */
const STEPS = 100;
const RATE = 0.03;
const DECAY = 1e-3;
/** Sentence vectors have length 1: larger ones let the weights stay small. */
const SCALE = 8;
const FIRST_MOMENT = 0.9;
const SECOND_MOMENT = 0.999;

/** Multinomial logistic regression over a dense part and words. Weights are row by row: one row a feature. */
export class SoftmaxRegression {
  readonly #dense: number;
  readonly #weights: Float64Array;
  readonly #bias: Float64Array;

  constructor(
    private readonly classes: number,
    examples: readonly Features[],
    labels: readonly number[],
    words: number,
  ) {
    this.#dense = examples[0]?.vector.length ?? 0;
    this.#weights = new Float64Array((this.#dense + words) * classes);
    this.#bias = new Float64Array(classes);
    this.#train(examples, labels);
  }

  /** Probabilities of the classes; they add up to 1. */
  probabilities(features: Features): Float64Array {
    const { classes } = this;
    const scores = this.#bias.slice();
    eachFeature(features, this.#dense, (row, value) => {
      const from = row * classes;
      for (let at = 0; at < classes; at++) scores[at] = (scores[at] ?? 0) + value * (this.#weights[from + at] ?? 0);
    });
    const top = scores.reduce((max, score) => Math.max(max, score), -Infinity);
    const parts = scores.map((score) => Math.exp(score - top));
    const sum = parts.reduce((total, part) => total + part, 0);
    return parts.map((part) => part / sum);
  }

  /** Adam on all examples at once, from zero: no chance in it. */
  #train(examples: readonly Features[], labels: readonly number[]): void {
    const { classes } = this;
    const weights = new Moments(this.#weights);
    const bias = new Moments(this.#bias);
    for (let step = 1; step <= STEPS; step++) {
      weights.gradient.set(this.#weights.map((weight) => DECAY * weight));
      bias.gradient.fill(0);
      examples.forEach((features, index) => {
        const error = this.probabilities(features);
        const label = labels[index] ?? 0;
        error[label] = (error[label] ?? 0) - 1;
        for (let at = 0; at < classes; at++) {
          const part = (error[at] ?? 0) / examples.length;
          error[at] = part;
          bias.gradient[at] = (bias.gradient[at] ?? 0) + part;
        }
        eachFeature(features, this.#dense, (row, value) => {
          const from = row * classes;
          for (let at = 0; at < classes; at++)
            weights.gradient[from + at] = (weights.gradient[from + at] ?? 0) + value * (error[at] ?? 0);
        });
      });
      weights.move(step);
      bias.move(step);
    }
  }
}

/** One set of values with the running means of its gradient. */
class Moments {
  readonly gradient: Float64Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(private readonly values: Float64Array) {
    this.gradient = new Float64Array(values.length);
    this.#first = new Float64Array(values.length);
    this.#second = new Float64Array(values.length);
  }

  move(step: number): void {
    const firstScale = 1 - FIRST_MOMENT ** step;
    const secondScale = 1 - SECOND_MOMENT ** step;
    for (let at = 0; at < this.values.length; at++) {
      const slope = this.gradient[at] ?? 0;
      const first = (this.#first[at] = FIRST_MOMENT * (this.#first[at] ?? 0) + (1 - FIRST_MOMENT) * slope);
      const second = (this.#second[at] = SECOND_MOMENT * (this.#second[at] ?? 0) + (1 - SECOND_MOMENT) * slope ** 2);
      this.values[at] =
        (this.values[at] ?? 0) - (RATE * (first / firstScale)) / (Math.sqrt(second / secondScale) + 1e-8);
    }
  }
}

function eachFeature({ vector, words }: Features, dense: number, take: (row: number, value: number) => void): void {
  for (let row = 0; row < dense; row++) take(row, SCALE * (vector[row] ?? 0));
  for (const [word, weight] of words) take(dense + word, SCALE * weight);
}
