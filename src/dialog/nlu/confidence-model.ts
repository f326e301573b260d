import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Hypothesis } from '../../flow/expectation.js';
import { HandrailError } from '../../kernel/errors.js';
import type { Recognition } from '../../local-models/ports.js';
import { noSpeechLimit } from './confidence.js';
import { isWrittenFreely, unheardDigits } from './unheard-digits.js';
import { meaningKey } from './walk.js';

/**
 * What `handrail calibrate` has learnt of a line’s own callers: a logistic regression from the evidence for the likeliest
 * meaning to the probability that it is right. Pure.
 */
export const evidenceNames = [
  'sure',
  'margin',
  'posterior',
  'acoustic',
  'rival',
  'ratio',
  'unheard',
  'runaway',
  'noSpeech',
  'weakest',
  'behind',
] as const;

/**
 * | name | what it is |
 * |---|---|
 * | sure | log odds of the likeliest meaning, as recogniser and NLU give it |
 * | margin | by how much they are above those of the second one |
 * | posterior | of the recogniser’s best reading |
 * | acoustic | its mean log probability a token |
 * | rival | the same of free speech |
 * | ratio | log likelihood of the best reading over that of free speech |
 * | unheard | digits of the best reading that free speech has not, where it comes to an end |
 * | runaway | 1 where free speech comes to none, because it repeats itself |
 * | noSpeech | log odds that nobody spoke at all, as the recogniser tells it, as far as they are above those of most speech |
 * | weakest | of a string of digits: how much likelier its least certain digit is than another one in its place, by the digit model alone |
 * | behind | of a string of digits: by how much the decoder alone prefers another one; 0 where its free transcript has the same digits |
 */
export type Evidence = Readonly<Record<(typeof evidenceNames)[number], number>> & { readonly ear: Ear };

/** What heard it: strings of digits have an ear of their own (ADR 24), whose posteriors mean something else. */
export type Ear = 'words' | 'digits';

const Part = Type.Object({ mean: Type.Number(), spread: Type.Number({ exclusiveMinimum: 0 }), weight: Type.Number() });

const Fit = Type.Object({
  bias: Type.Number(),
  evidence: Type.Object({
    sure: Part,
    margin: Part,
    posterior: Part,
    acoustic: Part,
    rival: Part,
    ratio: Part,
    unheard: Part,
    runaway: Part,
    noSpeech: Part,
    weakest: Part,
    behind: Part,
  }),
});

/** Evidence of another version is reckoned otherwise: its weights say nothing. */
export const CONFIDENCE_VERSION = 5;

const confidenceModelSchema = Type.Object({
  version: Type.Literal(CONFIDENCE_VERSION),
  /** The recogniser’s model and the number of answers that it was fitted on. */
  recogniser: Type.String(),
  answers: Type.Integer({ minimum: 1 }),
  words: Fit,
  digits: Fit,
});

export type ConfidenceModel = Static<typeof confidenceModelSchema>;
export type EarFit = Static<typeof Fit>;

/** @param where the file, for the message @throws HandrailError HR_CALIBRATION */
export function parseConfidenceModel(value: unknown, where: string): ConfidenceModel {
  if (Check(confidenceModelSchema, value)) return value;
  throw new HandrailError('HR_CALIBRATION', `${where} is no confidence model of this version.`);
}

const Outdated = Type.Object({
  version: Type.Integer({ minimum: 1, maximum: CONFIDENCE_VERSION - 1 }),
  recogniser: Type.String(),
});

/** Whether it was fitted by an earlier Handrail. */
export function isOutdated(value: unknown): boolean {
  return Check(Outdated, value);
}

const leastOdds = 1e-4;
/** Bounds beyond which evidence says nothing new. */
const mostMargin = 6;
const leastAcoustic = -5;
const leastRival = -3;
const ratioBounds = [-30, 10] as const;
const mostUnheard = 4;
const mostWeakest = 30;
/**
 * A string one of whose digits sounds much like another one is read back, however likely all of it together is: of what a stranger
 * says it is the digit that is misheard, and the rest of the string speaks for it as loudly as before (ADR 104). Where the decoder, too,
 * would write another string, the digit has to be that much clearer: in the proportion in which the recogniser weighs its two ears.
 */
const leastWeakest = 14;
const weakestOverDecoder = 1.4;
const mostOfUnsure = 0.75;

export function evidenceOf(
  { readings, free, noSpeechProb }: Recognition,
  hypotheses: readonly Hypothesis[],
  ear: Ear,
): Evidence {
  const [first, second] = hypotheses.map(({ probability }) => logOdds(probability));
  const sure = first ?? logOdds(0);
  const [best] = readings;
  const mean = ({ logProb, tokens }: { logProb: number; tokens: number }) => logProb / Math.max(1, tokens);
  const [least, most] = ratioBounds;
  return {
    ear,
    sure,
    margin: Math.min(mostMargin, sure - (second ?? logOdds(0))),
    posterior: best?.posterior ?? 0,
    acoustic: best ? Math.max(leastAcoustic, mean(best)) : leastAcoustic,
    rival: free ? Math.max(leastRival, mean(free)) : leastRival,
    ratio: best && free ? Math.min(most, Math.max(least, best.logProb - free.logProb)) : least,
    unheard: best && free ? Math.min(mostUnheard, unheardDigits(best.text.reveal(), free)) : 0,
    runaway: free?.runaway ? 1 : 0,
    noSpeech: Math.max(0, logOdds(noSpeechProb) - logOdds(noSpeechLimit)),
    weakest: Math.min(mostWeakest, Math.max(0, best?.ears?.weakest ?? mostWeakest)),
    behind: best?.ears && !(free && isWrittenFreely(best.text.reveal(), free)) ? best.ears.behind : 0,
  };
}

/**
 * The evidence for the likeliest meaning where the grammar told it. One that the free transcript alone told, by what it means,
 * is as sure as the classifier says: that was fitted by itself.
 *
 * @param byGrammar hypotheses as the readings of the grammar give them
 */
export function grammarEvidence(
  recognition: Recognition,
  hypotheses: readonly Hypothesis[],
  byGrammar: readonly Hypothesis[],
  ear: Ear,
): Evidence | undefined {
  const [best] = hypotheses;
  if (!best) return undefined;
  const key = meaningKey(best.meaning);
  const told = byGrammar.reduce((sum, one) => (meaningKey(one.meaning) === key ? sum + one.probability : sum), 0);
  return told >= best.probability / 2 ? evidenceOf(recognition, hypotheses, ear) : undefined;
}

function logOdds(probability: number): number {
  const bounded = Math.min(1 - leastOdds, Math.max(leastOdds, probability));
  return Math.log(bounded / (1 - bounded));
}

/** That the likeliest meaning is right. */
export function probabilityRight(model: Pick<ConfidenceModel, Ear>, evidence: Evidence): number {
  const { bias, evidence: parts } = model[evidence.ear];
  const score = evidenceNames.reduce((sum, name) => {
    const { mean, spread, weight } = parts[name];
    return sum + weight * ((evidence[name] - mean) / spread);
  }, bias);
  const probability = 1 / (1 + Math.exp(-score));
  return isUnsureOfOneDigit(evidence) ? Math.min(mostOfUnsure, probability) : probability;
}

function isUnsureOfOneDigit({ weakest, behind }: Evidence): boolean {
  return weakest < leastWeakest + weakestOverDecoder * behind;
}

/** The likeliest meaning as probable as the model says; the others keep their order behind it, as far as there is room. */
export function recalibrated(
  model: ConfidenceModel,
  evidence: Evidence,
  hypotheses: readonly Hypothesis[],
): readonly Hypothesis[] {
  const [best, ...others] = hypotheses;
  if (!best) return hypotheses;
  const probability = probabilityRight(model, evidence);
  const rest = others.reduce((sum, other) => sum + other.probability, 0);
  const scale = Math.min(probability / best.probability, rest === 0 ? 1 : (1 - probability) / rest);
  return [{ ...best, probability }, ...others.map((other) => ({ ...other, probability: other.probability * scale }))];
}
