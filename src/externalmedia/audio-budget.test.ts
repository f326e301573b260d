import { expect, test } from 'vitest';
import { AudioBudget } from './audio-budget.js';

/** How many packets of `samples` are let through at `perSecond` for `seconds`. */
function letThrough(perSecond: number, samples: number, seconds: number): number {
  const budget = new AudioBudget();
  let passed = 0;
  for (let n = 0; n < perSecond * seconds; n++) if (budget.spend(samples, (n * 1_000) / perSecond)) passed++;
  return passed;
}

test('a sender at its rate, and one that doubles it, is heard in full', () => {
  expect(letThrough(50, 160, 60)).toBe(3_000);
  expect(letThrough(100, 160, 60)).toBe(6_000);
});

test('of a flood, twice real time passes, and three seconds at once', () => {
  expect(letThrough(50_000, 160, 2)).toBeCloseTo(2 * 100 + 150, -1);
});

test('packets without payload are not free, and a clock that goes back gives nothing', () => {
  expect(letThrough(50_000, 0, 1)).toBeLessThan(600);
  const budget = new AudioBudget();
  while (budget.spend(160, 1_000));
  expect(budget.spend(160, 0)).toBe(false);
});
