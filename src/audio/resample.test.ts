import { describe, expect, it } from 'vitest';
import { resample } from './resample.js';
import { levelDbfs } from './voiced.js';

function tone(frequencyHz: number, rateHz: number, ms: number): Int16Array {
  return Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, i) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz)),
  );
}

/** Without the ends, where a tone that begins and stops at once is no tone. */
function middleDbfs(samples: Int16Array): number {
  return levelDbfs(samples, 800, samples.length - 800);
}

const toneDbfs = 20 * Math.log10(16_000 / 32_768 / Math.SQRT2);

describe('resample to 8 kHz', () => {
  for (const rateHz of [16_000, 22_050, 44_100, 48_000]) {
    it(`keeps the telephone band of ${rateHz} Hz within 0.1 dB`, () => {
      for (const frequencyHz of [300, 1_000, 3_400]) {
        expect(middleDbfs(resample(tone(frequencyHz, rateHz, 500), rateHz, 8_000))).toBeCloseTo(toneDbfs, 1);
      }
    });

    it(`folds nothing of ${rateHz} Hz back into it`, () => {
      for (const frequencyHz of [4_100, 4_600, 5_500, 7_000]) {
        expect(middleDbfs(resample(tone(frequencyHz, rateHz, 500), rateHz, 8_000))).toBeLessThan(toneDbfs - 70);
      }
    });
  }

  it('keeps length and place', () => {
    const click = new Int16Array(44_100);
    click.fill(20_000, 22_040, 22_060);
    const out = resample(click, 44_100, 8_000);
    expect(out).toHaveLength(8_000);
    expect(out.indexOf(Math.max(...out))).toBeCloseTo(4_000, -1);
    expect(resample(new Int16Array(0), 16_000, 8_000)).toHaveLength(0);
    expect(resample(click, 8_000, 8_000)).toBe(click);
  });
});
