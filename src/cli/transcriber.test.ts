import { expect, it } from 'vitest';
import { cutAtPauses } from './transcriber.js';

/** Voice from … to, in milliseconds. */
function speech(lengthMs: number, ...spans: readonly (readonly [number, number])[]): Int16Array {
  const samples = new Int16Array(lengthMs * 8);
  for (const [from, to] of spans) samples.fill(3_000, from * 8, to * 8);
  return samples;
}

const inMs = (pieces: ReturnType<typeof cutAtPauses>): number[][] => pieces.map(({ from, to }) => [from / 8, to / 8]);

it('cuts long audio in the middle of its pauses, and nothing when it is short', () => {
  expect(inMs(cutAtPauses(speech(3_000, [500, 1_000], [1_400, 2_500]), 12_000))).toEqual([[400, 2_600]]);
  expect(inMs(cutAtPauses(speech(3_000, [500, 1_000], [1_400, 2_500]), 2_000))).toEqual([
    [400, 1_200],
    [1_200, 2_600],
  ]);
  expect(cutAtPauses(speech(500))).toEqual([]);
});

it('cuts speech without a pause where it must', () => {
  expect(inMs(cutAtPauses(speech(2_500, [0, 2_500]), 1_000))).toEqual([
    [0, 1_000],
    [1_000, 2_000],
    [2_000, 2_500],
  ]);
});
