import { expect, test } from 'vitest';
import { sensitive } from '../../kernel/sensitive.js';
import type { Recognition } from '../../local-models/ports.js';
import { compileExpectation } from './compile.js';
import {
  evidenceOf,
  parseConfidenceModel,
  probabilityRight,
  recalibrated,
  type ConfidenceModel,
} from './confidence-model.js';

const flat = { mean: 0, spread: 1, weight: 0 };
const half = {
  bias: 0,
  evidence: {
    sure: { ...flat, weight: -0.2 },
    margin: flat,
    posterior: flat,
    acoustic: flat,
    rival: flat,
    ratio: flat,
    unheard: flat,
    runaway: flat,
    noSpeech: flat,
    weakest: flat,
    behind: flat,
  },
};
/** Words are right by half where recogniser and NLU are even, and the surer the less; digits always. */
const doubter: ConfidenceModel = {
  version: 5,
  recogniser: 'whisper-tiny.en',
  answers: 100,
  words: half,
  digits: { ...half, bias: 20 },
};

const heard: Recognition = {
  readings: [{ text: sensitive('yes'), logProb: -0.4, tokens: 2, posterior: 0.98 }],
  free: { text: sensitive('Yes.'), logProb: -0.6, tokens: 3, runaway: false },
  noSpeechProb: 0,
  timings: { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: 0, totalMs: 0 },
};

test('evidence is what recogniser and NLU say of the likeliest meaning', () => {
  const hypothesis = { meaning: { intent: 'yes', slots: {} }, probability: 0.5 };
  const evidence = evidenceOf(heard, [hypothesis], 'words');
  expect(evidence).toMatchObject({ sure: 0, margin: 6, posterior: 0.98, acoustic: -0.2 });
  expect(evidence.rival).toBeCloseTo(-0.2);
  expect(evidence.ratio).toBeCloseTo(0.2);
  expect(probabilityRight(doubter, evidence)).toBe(0.5);
});

test('evidence tells how likely nobody spoke', () => {
  const noSpeech = (noSpeechProb: number): number => evidenceOf({ ...heard, noSpeechProb }, [], 'words').noSpeech;
  expect([noSpeech(0), noSpeech(0.6)]).toEqual([0, 0]);
  expect(noSpeech(0.95)).toBeCloseTo(Math.log(19) - Math.log(1.5));
});

test('evidence tells of digits that nobody heard, unless free speech repeats itself', () => {
  const spoken = (free: string, runaway = false) => ({
    ...heard,
    readings: [{ text: sensitive('4 9 2 4 9 2'), logProb: -2, tokens: 7, posterior: 0.02 }],
    free: { text: sensitive(free), logProb: -1, tokens: 7, runaway },
  });
  expect(evidenceOf(spoken('Four, 92.'), [], 'digits')).toMatchObject({ unheard: 3, runaway: 0 });
  expect(evidenceOf(spoken('4 9 2 4 9 2'), [], 'digits')).toMatchObject({ unheard: 0, runaway: 0 });
  expect(evidenceOf(spoken('4 9 2 9 2 9 2 9 2', true), [], 'digits')).toMatchObject({ unheard: 0, runaway: 1 });
});

test('evidence tells how sure each ear for digits is by itself, and nothing of words', () => {
  const spoken = (weakest: number, behind: number) => ({
    ...heard,
    readings: [{ text: sensitive('2 5 9 2'), logProb: -2, tokens: 5, posterior: 0.8, ears: { weakest, behind } }],
  });
  expect(evidenceOf(spoken(10.7, 4), [], 'digits')).toMatchObject({ weakest: 10.7, behind: 4 });
  expect(evidenceOf(spoken(80, 0), [], 'digits')).toMatchObject({ weakest: 30, behind: 0 });
  expect(evidenceOf(spoken(-3, 0), [], 'digits')).toMatchObject({ weakest: 0 });
  const freely = { text: sensitive('Two, 592.'), logProb: -1, tokens: 4, runaway: false };
  expect(evidenceOf({ ...spoken(25, 4), free: freely }, [], 'digits').behind).toBe(0);
  expect(evidenceOf({ ...spoken(25, 4), free: { ...freely, runaway: true } }, [], 'digits').behind).toBe(4);
  expect(evidenceOf(heard, [], 'words')).toMatchObject({ weakest: 30, behind: 0 });
});

test('a string one of whose digits may be another one is read back, the more so where the decoder writes another one', () => {
  const said = (weakest: number, behind: number): number =>
    probabilityRight(doubter, { ...evidenceOf(heard, [], 'digits'), weakest, behind });
  expect([said(25, 0), said(15, 0), said(25, 4), said(30, 0)].every((p) => p > 0.99)).toBe(true);
  expect([said(13, 0), said(18, 4), said(0, 4)]).toEqual([0.75, 0.75, 0.75]);
});

test('a model changes how sure the likeliest meaning is, and not which one it is', () => {
  const meant = (intent: string, probability: number) => ({ meaning: { intent, slots: {} }, probability });
  const surely = evidenceOf(heard, [meant('yes', 0.9)], 'words');
  const [first, second] = recalibrated(doubter, surely, [meant('yes', 0.9), meant('no', 0.09)]);
  expect(first?.meaning.intent).toBe('yes');
  expect(first?.probability).toBeLessThan(0.5);
  expect(second?.probability).toBeLessThan(first?.probability ?? 0);
});

test('what was compiled with a model answers with it', async () => {
  const expectation = { kind: 'confirmation', form: undefined } as const;
  const sure = (await compileExpectation(expectation).understand(heard)).hypotheses[0];
  const doubted = (await compileExpectation(expectation, undefined, { confidence: doubter }).understand(heard))
    .hypotheses[0];
  expect(sure?.probability).toBeGreaterThan(0.9);
  expect(doubted?.probability).toBeLessThan(0.5);
});

test('digits are judged by themselves', async () => {
  const entity = { type: 'digits', min: 4, max: 4 } as const;
  const expectation = { kind: 'entity', name: 'code', entity, examples: [] } as const;
  const spoken = {
    ...heard,
    readings: [{ text: sensitive('4 0 7 1'), logProb: -2, tokens: 5, posterior: 0.3 }],
    free: undefined,
  };
  const [digits] = (await compileExpectation(expectation, undefined, { confidence: doubter }).understand(spoken))
    .hypotheses;
  expect(digits).toMatchObject({ meaning: { slots: { code: '4071' } } });
  expect(digits?.probability).toBeGreaterThan(0.99);
});

test('what the grammar did not tell stays as sure as it was', async () => {
  const expectation = { kind: 'confirmation', form: undefined } as const;
  const free = { text: sensitive('Yes.'), logProb: -0.3, tokens: 3, runaway: false };
  const unconstrained = { ...heard, readings: [], free };
  const plain = await compileExpectation(expectation).understand(unconstrained);
  const judged = await compileExpectation(expectation, undefined, { confidence: doubter }).understand(unconstrained);
  expect(plain.hypotheses[0]?.probability).toBeGreaterThan(0.8);
  expect(judged.hypotheses).toEqual(plain.hypotheses);
});

test('a broken file is an error that says what to do', () => {
  expect(parseConfidenceModel(JSON.parse(JSON.stringify(doubter)), 'a.json')).toEqual(doubter);
  for (const broken of [{}, { ...doubter, version: 6 }, { ...doubter, words: {} }])
    expect(() => parseConfidenceModel(broken, 'a.json')).toThrowError(
      expect.objectContaining({ code: 'HR_CALIBRATION' }) as Error,
    );
});
