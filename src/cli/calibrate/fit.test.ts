import { expect, test } from 'vitest';
import { seeded } from '../../audio/utterance.js';
import type { Evidence } from '../../dialog/nlu/confidence-model.js';
import { byKind, byRecording, calibrationError, crossValidated, fitModel, reliability, type Judged } from './fit.js';

/** Answers that are right with a probability which grows with the evidence, and that claim to be nearly sure. */
function answers(count: number): Judged[] {
  const random = seeded(7);
  return Array.from({ length: count }, (_, recording) => {
    const sure = 8 * random() - 4;
    const ratio = 10 * random() - 5;
    const evidence: Evidence = {
      ear: 'words',
      sure,
      margin: 1,
      posterior: 0.5,
      acoustic: -1,
      rival: -1,
      ratio,
      unheard: 0,
      runaway: 0,
      noSpeech: 0,
      weakest: 30,
      behind: 0,
    };
    return {
      evidence,
      said: 0.97,
      right: random() < 1 / (1 + Math.exp(-(sure + 0.4 * ratio))),
      recording,
      kind: recording % 2 ? 'odd' : 'even',
    };
  });
}

test('finds what the evidence is worth', () => {
  const { evidence } = fitModel(answers(4_000)).words;
  expect(evidence.sure.weight / evidence.sure.spread).toBeCloseTo(1, 0);
  expect(evidence.ratio.weight / evidence.ratio.spread).toBeCloseTo(0.4, 1);
  expect(evidence.margin.weight).toBeCloseTo(0, 5);
});

test('evidence that one answer of thousands has weighs next to nothing', () => {
  const judged = answers(2_000).map((one, at) =>
    at === 7 ? { ...one, evidence: { ...one.evidence, noSpeech: 0.02 }, right: false } : one,
  );
  const { words } = fitModel(judged);
  const { mean, spread, weight } = words.evidence.noSpeech;
  expect(Math.abs((weight * (2 - mean)) / spread)).toBeLessThan(0.1);
});

test('each ear learns from its own answers, and from all while it has few', () => {
  const words = answers(1_000);
  const digits = answers(1_000).map((one, at) => ({
    ...one,
    evidence: { ...one.evidence, ear: 'digits' as const },
    right: at % 10 !== 0,
  }));
  const both = fitModel([...words, ...digits]);
  expect(both.words).toEqual(fitModel(words).words);
  expect(both.digits.evidence.sure.weight).toBeLessThan(0.5);
  const [few] = digits;
  if (few) expect(fitModel([...words, few]).digits.evidence.sure.weight).toBeGreaterThan(1);
});

test('says what is right on recordings that it has not seen', () => {
  const judged = answers(2_000);
  const right = judged.map((one) => one.right);
  const before = calibrationError(
    reliability(
      judged.map(({ said }) => said),
      right,
    ),
  );
  const after = calibrationError(reliability(crossValidated(judged, byRecording), right));
  expect(before).toBeGreaterThan(0.3);
  expect(after).toBeLessThan(0.05);
});

test('what is said of one kind comes from the others alone', () => {
  const all = answers(400);
  const judged = all.map((one) => (one.kind === 'odd' ? { ...one, right: false } : one));
  const said = crossValidated(judged, byKind);
  const meanOf = (kind: string) => {
    const of = said.filter((_p, at) => judged[at]?.kind === kind);
    return of.reduce((sum, p) => sum + p, 0) / of.length;
  };
  expect(meanOf('even')).toBeLessThan(0.1);
  expect(meanOf('odd')).toBeGreaterThan(0.3);
});

test('a bin tells how many it holds, what was said of them, and how many were right', () => {
  const bins = reliability([0.05, 0.95, 1, 0.97], [false, true, true, false]);
  expect(bins[0]).toMatchObject({ n: 1, said: 0.05, right: 0 });
  expect(bins[9]?.n).toBe(3);
  expect(bins[9]?.right).toBeCloseTo(2 / 3);
});
