import {
  evidenceNames,
  probabilityRight,
  type ConfidenceModel,
  type Ear,
  type EarFit,
  type Evidence,
} from '../../dialog/nlu/confidence-model.js';

/** One answer of recogniser and NLU, and whether its likeliest meaning was right. */
export interface Judged {
  readonly evidence: Evidence;
  /** As probable as it was said to be. */
  readonly said: number;
  readonly right: boolean;
  /** The recording: its answers stay together when the model is tried on what it was not fitted on. */
  readonly recording: number;
  readonly kind: string;
}

type Fitted = Pick<ConfidenceModel, Ear>;

const FOLDS = 5;
const LEAST_OF_AN_EAR = 40;
const STEPS = 30;
/** Pull of the weights towards 0, in answers. */
const RIDGE = 1;
/** Evidence that hardly ever differs teaches nothing: in units of its own small spread a single answer would weigh beyond measure. */
const LEAST_SPREAD = 0.05;

/** Each ear by its own answers; by all where it has too few, or none that was wrong. */
export function fitModel(judged: readonly Judged[]): Fitted {
  const fitOf = (ear: Ear): EarFit => {
    const own = judged.filter(({ evidence }) => evidence.ear === ear);
    const wrong = own.filter(({ right }) => !right).length;
    return fit(own.length >= LEAST_OF_AN_EAR && wrong > 0 && wrong < own.length ? own : judged);
  };
  return { words: fitOf('words'), digits: fitOf('digits') };
}

/** Logistic regression by Newton’s method on standardised evidence: the same answers give the same model. */
function fit(judged: readonly Judged[]): EarFit {
  const parts = evidenceNames.map((name) => {
    const values = judged.map(({ evidence }) => evidence[name]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return { name, mean, spread: spread < LEAST_SPREAD ? 1 : spread };
  });
  const rows = judged.map(({ evidence, right }) => ({
    x: [...parts.map(({ name, mean, spread }) => (evidence[name] - mean) / spread), 1],
    y: right ? 1 : 0,
  }));
  const size = parts.length + 1;
  let weights = new Array<number>(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const slope = weights.map((weight, at) => (at < parts.length ? RIDGE * weight : 0));
    const bend: number[][] = Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_column, column) => (row === column ? (row < parts.length ? RIDGE : 1e-6) : 0)),
    );
    for (const { x, y } of rows) {
      const p = 1 / (1 + Math.exp(-dot(weights, x)));
      x.forEach((one, row) => {
        slope[row] = (slope[row] ?? 0) + (p - y) * one;
        const line = bend[row] ?? [];
        x.forEach((other, column) => (line[column] = (line[column] ?? 0) + p * (1 - p) * one * other));
      });
    }
    const move = solved(bend, slope);
    weights = weights.map((weight, at) => weight - (move[at] ?? 0));
  }
  const partOf = (name: (typeof evidenceNames)[number]) => {
    const at = evidenceNames.indexOf(name);
    return { mean: parts[at]?.mean ?? 0, spread: parts[at]?.spread ?? 1, weight: weights[at] ?? 0 };
  };
  return {
    bias: weights[parts.length] ?? 0,
    evidence: {
      sure: partOf('sure'),
      margin: partOf('margin'),
      posterior: partOf('posterior'),
      acoustic: partOf('acoustic'),
      rival: partOf('rival'),
      ratio: partOf('ratio'),
      unheard: partOf('unheard'),
      runaway: partOf('runaway'),
      noSpeech: partOf('noSpeech'),
      weakest: partOf('weakest'),
      behind: partOf('behind'),
    },
  };
}

/** Folds of whole recordings. */
export const byRecording = ({ recording }: Judged): string => String(recording % FOLDS);
/** All of one kind at once: what a model is worth for speech of a kind that it has never seen. */
export const byKind = ({ kind }: Judged): string => kind;

/** What models say of answers that they were not fitted on: each group by a model of the others. */
export function crossValidated(judged: readonly Judged[], groupOf: (one: Judged) => string): readonly number[] {
  const models = new Map<string, Fitted>();
  for (const group of new Set(judged.map(groupOf)))
    models.set(group, fitModel(judged.filter((one) => groupOf(one) !== group)));
  return judged.map((one) => {
    const fitted = models.get(groupOf(one)) ?? fitModel(judged);
    return probabilityRight(fitted, one.evidence);
  });
}

export interface Bin {
  readonly from: number;
  readonly n: number;
  /** Mean of what was said, and share that was right. */
  readonly said: number;
  readonly right: number;
}

const BINS = 10;

export function reliability(said: readonly number[], right: readonly boolean[]): readonly Bin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const within = said.flatMap((p, at) => (Math.min(BINS - 1, Math.floor(BINS * p)) === bin ? [at] : []));
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    return {
      from: bin / BINS,
      n: within.length,
      said: mean(within.map((at) => said[at] ?? 0)),
      right: mean(within.map((at) => (right[at] ? 1 : 0))),
    };
  });
}

/** Expected calibration error: how far what is said lies from what is right, over all answers. */
export function calibrationError(bins: readonly Bin[]): number {
  const all = bins.reduce((sum, { n }) => sum + n, 0);
  return bins.reduce((sum, { n, said, right }) => sum + (n / all) * Math.abs(said - right), 0);
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

/** x of `matrix` x = `given`, by elimination; the matrix is positive definite. */
function solved(matrix: readonly (readonly number[])[], given: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, given[at] ?? 0]);
  const size = rows.length;
  rows.forEach((pivot, at) => {
    const head = pivot[at] ?? 1;
    rows.slice(at + 1).forEach((row) => {
      const factor = (row[at] ?? 0) / head;
      for (let column = at; column <= size; column++) row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0);
    });
  });
  const x = new Array<number>(size).fill(0);
  for (let at = size - 1; at >= 0; at--) {
    const row = rows[at] ?? [];
    const known = x.reduce((sum, value, column) => (column > at ? sum + value * (row[column] ?? 0) : sum), 0);
    x[at] = ((row[size] ?? 0) - known) / (row[at] ?? 1);
  }
  return x;
}
