import { describe, expect, test } from 'vitest';
import { resumeFrom } from './resume-point.js';

/** Speech of 1 s, a pause, speech: as level at a position. */
const spoken = (pauseSamples: number) => (position: number) =>
  position >= 8_000 && position < 8_000 + pauseSamples ? 0 : 5_000;

describe('resumeFrom', () => {
  test('takes up after the last pause, with 20 ms of it', () => {
    expect(resumeFrom(spoken(800), 0, 16_000)).toBe(8_800 - 160);
  });

  test('a stop inside a word is no pause', () => {
    expect(resumeFrom(spoken(400), 0, 30_000)).toBe(30_000 - 8_000);
  });

  test('a pause that the caller talked over was not heard as one', () => {
    expect(resumeFrom(spoken(800), 0, 8_800 + 400)).toBe(0);
  });

  test('short of any pause it begins anew, or a second back', () => {
    expect(resumeFrom(() => 5_000, 0, 12_000)).toBe(0);
    expect(resumeFrom(() => 5_000, 0, 40_000)).toBe(32_000);
  });

  test('never before what is still there', () => {
    expect(resumeFrom(() => 5_000, 39_000, 40_000)).toBe(39_000);
    expect(resumeFrom(spoken(800), 0, 0)).toBe(0);
  });
});
