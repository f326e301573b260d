import { expect, it } from 'vitest';
import { findSpeech } from './hearing.js';

/** Noise in syllables: loud and silent in turns, no two alike. */
function babble(seed: number, ms: number): Int16Array {
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const samples = new Int16Array(ms * 8);
  let level = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % 640 === 0) level = 400 + 6_000 * random();
    samples[i] = Math.round(level * (random() - 0.5));
  }
  return samples;
}

function placed(length: number, ...pieces: readonly (readonly [atMs: number, samples: Int16Array])[]): Int16Array {
  const all = new Int16Array(length * 8);
  for (const [atMs, samples] of pieces) all.set(samples, atMs * 8);
  return all;
}

const wanted = babble(7, 2_000);

it('finds where a known sound begins', () => {
  const heard = placed(8_000, [500, babble(3, 1_500)], [3_123, wanted]);
  expect(findSpeech(heard, wanted)).toBe(3_123);
});

it('forgives a gap that a late packet made', () => {
  const heard = placed(8_000, [3_000, wanted.subarray(0, 300 * 8)], [3_367, wanted.subarray(300 * 8)]);
  expect(findSpeech(heard, wanted)).toBeDefined();
});

it('needs no more of it than is asked for', () => {
  const heard = placed(8_000, [3_000, wanted.subarray(0, 700 * 8)]);
  expect(findSpeech(heard, wanted, 600)).toBe(3_000);
  expect(findSpeech(heard, wanted, 1_500)).toBeUndefined();
});

it('takes nothing else for it', () => {
  expect(findSpeech(placed(8_000, [1_000, babble(8, 5_000)]), wanted)).toBeUndefined();
  expect(findSpeech(new Int16Array(8_000), wanted)).toBeUndefined();
});

it('finds it where the call ended in the silence after it', () => {
  const goodbye = placed(1_000, [0, babble(7, 800)]);
  const heard = placed(4_000, [3_000, goodbye]).subarray(0, 3_985 * 8);
  expect(findSpeech(heard, goodbye)).toBe(3_000);
  expect(findSpeech(heard.subarray(0, 3_700 * 8), goodbye)).toBeUndefined();
});
