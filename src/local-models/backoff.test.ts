import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffDelayMs } from './backoff.js';

test('doubles from the first delay to the longest', () => {
  const options = { firstMs: 100, maxMs: 1_000 };
  expect([0, 1, 2, 3, 4, 99].map((attempt) => backoffDelayMs(attempt, 0, options))).toEqual([
    50, 100, 200, 400, 500, 500,
  ]);
});

test('is spread over the upper half of the delay', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const delayMs = backoffDelayMs(attempt, random);
      expect(delayMs).toBeGreaterThanOrEqual(125);
      expect(delayMs).toBeLessThanOrEqual(30_000);
    }),
  );
});
