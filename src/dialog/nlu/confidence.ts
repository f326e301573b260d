/**
 * How sure the NLU is, as probabilities: what the flow's thresholds (`accept`, `confirm`) are compared with. Pure.
 *
 * A constrained reading brings its posterior from the recogniser, where free speech competes as rival. What the rival
 * takes goes to the meaning of the free text, as far as that text is explained and was heard well.
 */

/** Mean log probability a token at which half of the free transcripts with fully explained words are right. */
const halfRightLogProb = -0.73;
const logProbSteepness = 6;
/** Above this probability of “no speech”, trust falls. */
export const noSpeechLimit = 0.6;

/** Trust in a free transcript, from its mean log probability a token; −0.5 gives 0.8. */
export function acousticConfidence(meanLogProb: number): number {
  return 1 / (1 + Math.exp(-logProbSteepness * (meanLogProb - halfRightLogProb)));
}

/** Trust in a reading of free text, from the share of its words that are explained: a quarter unexplained gives 0.56. */
export function coverageConfidence(coverage: number): number {
  return coverage * coverage;
}

/** Factor for an utterance that may be no speech at all. */
export function speechConfidence(noSpeechProb: number): number {
  return noSpeechProb <= noSpeechLimit ? 1 : Math.max(0, (1 - noSpeechProb) / (1 - noSpeechLimit));
}

/** Turns log scores into shares that add up to 1. */
export function sharesOf(scores: readonly number[]): readonly number[] {
  const top = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - top));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/** Similarity at which half of the matches are right, and how fast that changes around it. */
const halfRightSimilarity = 0.5;
const similaritySteepness = 10;

/** Turns similarities (0 to 1) of rival candidates into probabilities: high only when near, and nearer than the others. */
export function matchConfidences(similarities: readonly number[]): readonly number[] {
  const powers = similarities.map((similarity) => similarity ** 4);
  const sum = powers.reduce((total, power) => total + power, 0);
  return similarities.map((similarity, index) => {
    const near = 1 / (1 + Math.exp(-similaritySteepness * (similarity - halfRightSimilarity)));
    return sum === 0 ? 0 : (near * (powers[index] ?? 0)) / sum;
  });
}
