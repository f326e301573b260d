import { expect, test } from 'vitest';
import { isMereNoise, isNoSpeech, isNoWord } from './no-speech.js';
import type { Understanding } from './ports.js';
import { sensitive } from '../kernel/sensitive.js';

const lasting = (ms: number) => ({ speechStartMs: 5_000, lastVoicedMs: 5_000 + ms });
const noSpeech = { noSpeechProb: 0.9 };
const speech = { noSpeechProb: 0.1 };

function understood(probability: number, openEnd = false): Understanding {
  const hypotheses = [{ meaning: { intent: 'yes', slots: {} }, probability }];
  return { hypotheses, text: sensitive('yes'), complete: true, mayGoOn: false, openEnd, openTopic: false };
}

test('what is shorter than a word says nothing, however sure the grammar is that it was “yes”', () => {
  expect(isNoWord(lasting(112))).toBe(true);
  expect(isNoSpeech(understood(0.84), noSpeech, lasting(112))).toBe(true);
  expect(isNoSpeech(understood(0.99), speech, lasting(112))).toBe(true);
});

test('a short word that is understood counts, though the recogniser heard hardly any speech', () => {
  expect(isNoWord(lasting(124))).toBe(false);
  expect(isNoSpeech(understood(0.9), noSpeech, lasting(124))).toBe(false);
  expect(isNoSpeech(understood(0.2), noSpeech, lasting(231))).toBe(false);
});

test('a click of which nothing is understood is no speech, whatever the recogniser says; a longer sound by its word', () => {
  expect(isNoSpeech(understood(0.18), speech, lasting(136))).toBe(true);
  expect(isNoSpeech(understood(0.18), speech, lasting(400))).toBe(false);
  expect(isNoSpeech(understood(0.18), noSpeech, lasting(400))).toBe(true);
});

test('the beginning of a sentence is speech', () => {
  expect(isNoSpeech(understood(0, true), noSpeech, lasting(150))).toBe(false);
  expect(isMereNoise(understood(0, true), noSpeech)).toBe(false);
});
