import { expect, test } from 'vitest';
import { disguised } from './disguised.js';
import { seeded } from './utterance.js';

/** A second of 500 Hz, -9 dBFS, and a second of silence. */
const tone = Int16Array.from({ length: 16_000 }, (_, n) =>
  n < 8_000 ? Math.round(16_000 * Math.sin((2 * Math.PI * 500 * n) / 8_000)) : 0,
);

function crossings(samples: Int16Array): number {
  return samples.reduce((sum, sample, n) => sum + (sample >= 0 !== (samples[n - 1] ?? 0) >= 0 ? 1 : 0), 0);
}

test('the same seed makes the same voice, another one another voice', () => {
  expect(disguised(tone, seeded(7))).toEqual(disguised(tone, seeded(7)));
  expect(disguised(tone, seeded(8))).not.toEqual(disguised(tone, seeded(7)));
});

test('it is as much shorter as it is higher, softer or a little louder, and a room follows it', () => {
  for (let seed = 0; seed < 20; seed++) {
    const other = disguised(tone, seeded(seed));
    const pace = tone.length / other.length;
    expect(pace).toBeGreaterThan(0.87);
    expect(pace).toBeLessThan(1.15);
    const voiced = other.subarray(1_600, Math.floor(8_000 / pace) - 400);
    const hz = (crossings(voiced) * 8_000) / (2 * voiced.length);
    expect(Math.abs(hz / (500 * pace) - 1)).toBeLessThan(0.02);
    const loudest = Math.max(...voiced);
    expect(loudest).toBeGreaterThan(500);
    expect(loudest).toBeLessThanOrEqual(32_767);
    const behind = other.subarray(Math.floor(8_000 / pace) + 80, Math.floor(8_000 / pace) + 200);
    expect(Math.max(...behind)).toBeGreaterThan(0);
  }
});
