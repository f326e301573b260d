import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/audio/utterance.js';
import { misheard, shuffled } from './data.js';
import { figuresOf } from './measure.js';

describe('the intents bench', () => {
  it('takes its threshold from the half that it does not judge', () => {
    const answers = Array.from({ length: 200 }, (_, index) => ({ right: index % 4 !== 1, sure: index / 200 }));
    const outside = [
      { right: false, sure: 0.001 },
      { right: false, sure: 0.5 },
    ];
    const found = figuresOf('set', 'classifier', 'clean', answers, outside, []);
    expect(found).toMatchObject({ n: 100, accuracy: 0.5, falselyRefused: 0.03, outsideCaught: 0.5 });
    expect(found.nearOutsideCaught).toBeNull();
  });

  it('mishears some words, the same ones each time', () => {
    const text = 'could you please tell me how much money I have left on my savings account';
    const heard = Array.from({ length: 20 }, (_, seed) => misheard(text, seeded(seed)));
    expect(misheard(text, seeded(3))).toBe(heard[3]);
    expect(heard.filter((other) => other !== text).length).toBeGreaterThan(10);
  });

  it('shuffles without losing anything', () => {
    expect(shuffled([1, 2, 3, 4], 9).sort()).toEqual([1, 2, 3, 4]);
  });
});
