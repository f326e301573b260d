import { describe, expect, it } from 'vitest';
import { lastVoicedSample, levelDbfs, voicedSpans, voicedWindows, voiceEnd } from './voiced.js';

describe('voiced', () => {
  it('measures the level of a full-scale square wave as 0 dBFS', () => {
    expect(levelDbfs(new Int16Array(100).fill(-32_768))).toBeCloseTo(0, 9);
    expect(levelDbfs(new Int16Array(100).fill(3_276))).toBeCloseTo(-20, 1);
    expect(levelDbfs(new Int16Array(100))).toBe(-Infinity);
    expect(levelDbfs(new Int16Array(0))).toBe(-Infinity);
  });

  it('finds the last voiced sample to 5 ms, and no click behind it', () => {
    const samples = new Int16Array(2_000).fill(2_000, 200, 1_000);
    expect(lastVoicedSample(samples)).toBe(999);
    samples.fill(20_000, 1_800, 1_810);
    expect(lastVoicedSample(samples)).toBe(999);
    samples.fill(100, 1_000);
    expect(lastVoicedSample(samples)).toBe(999);
    expect(lastVoicedSample(new Int16Array(500))).toBeUndefined();
    expect(lastVoicedSample(new Int16Array(0))).toBeUndefined();
  });

  it('finds the end of a voice in noise that is louder than the limit, and none in noise alone', () => {
    const noise = Int16Array.from({ length: 4_000 }, (_, n) => (n % 2 === 0 ? 700 : -700));
    const samples = noise.slice().fill(4_000, 800, 2_000);
    expect(lastVoicedSample(samples)).toBe(3_999);
    expect(voiceEnd(samples, 2_400)).toBe(1_999);
    expect(voiceEnd(noise, 2_400)).toBeUndefined();
    expect(voiceEnd(new Int16Array(4_000).fill(2_000, 200, 1_000), 1_400)).toBe(999);
    expect(voiceEnd(new Int16Array(1_000).fill(2_000), 1_000)).toBe(999);
  });

  it('joins stretches over short pauses', () => {
    const samples = new Int16Array(8_000).fill(2_000, 800, 1_600).fill(2_000, 2_000, 2_800).fill(2_000, 6_000, 7_000);
    expect(voicedSpans(voicedWindows(samples), 100)).toEqual([
      { from: 20, to: 70 },
      { from: 150, to: 175 },
    ]);
  });
});
