import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PcmHistory } from './pcm-history.js';

/** The caller's sample at each position. */
const at = (position: number): number => (position * 7_919) % 30_000;
const stretch = (from: number, length: number): Int16Array => Int16Array.from({ length }, (_, n) => at(from + n));

function heard(...lengths: number[]): PcmHistory {
  const history = new PcmHistory();
  for (const length of lengths) history.append(stretch(history.end, length));
  return history;
}

test('hands out what was heard by its position, as long as it is held', () => {
  const history = heard(100, 160, 40);
  expect(history.end).toBe(300);
  expect(history.slice(90, 270)).toEqual(stretch(90, 180));
  expect(history.slice(-5, 1_000)).toEqual(stretch(0, 300));
  expect(history.slice(300, 400)).toHaveLength(0);
  expect(history.slice(200, 100)).toHaveLength(0);
});

test('holds the last second, and all that is to be kept however long it is', () => {
  const history = heard(...Array<number>(100).fill(160));
  expect(history.slice(0, 16_000)).toEqual(stretch(16_000 - 8_192, 8_192));
  history.keepFrom(10_000);
  for (let n = 0; n < 100; n++) history.append(stretch(history.end, 160));
  expect(history.slice(10_000, history.end)).toEqual(stretch(10_000, history.end - 10_000));
  history.release();
  expect(history.ring).toHaveLength(8_192);
  expect(history.slice(0, history.end)).toEqual(stretch(history.end - 8_192, 8_192));
});

test('windows and blocks lie in one piece, whatever the packets were', () => {
  const length = fc.integer({ min: 1, max: 480 });
  fc.assert(
    fc.property(fc.array(length, { maxLength: 200 }), fc.nat(60_000), (lengths, keepFrom) => {
      const history = new PcmHistory();
      for (const [n, samples] of lengths.entries()) {
        if (n === 20) history.keepFrom(keepFrom);
        if (n === 150) history.release();
        history.append(stretch(history.end, samples));
      }
      for (const size of [64, 256]) {
        const last = Math.floor(history.end / size) * size - size;
        if (last < 0) continue;
        const place = history.placeOf(last);
        expect(history.ring.subarray(place, place + size)).toEqual(stretch(last, size));
      }
    }),
    { numRuns: 200 },
  );
});
