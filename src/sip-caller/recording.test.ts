import { describe, expect, it } from 'vitest';
import { Recording } from './recording.js';

const voice = (length = 160, from = 0): Int16Array => new Int16Array(length).fill(3_000, from);

describe('Recording', () => {
  it('finds the first voice inside of a packet to 5 ms', () => {
    const heard = new Recording();
    heard.add({ atMs: 1_000, samples: new Int16Array(160) });
    heard.add({ atMs: 1_020, samples: voice(160, 80) });
    heard.add({ atMs: 1_040, samples: voice() });
    expect(heard.firstVoicedAfter(0)).toBe(1_030);
    expect(heard.firstVoicedAfter(1_032)).toBe(1_035);
    expect(heard.firstVoicedAfter(1_100)).toBeUndefined();
    expect(heard.lastVoicedMs).toBe(1_060);
  });

  it('takes a click for no voice', () => {
    const heard = new Recording();
    heard.add({ atMs: 0, samples: new Int16Array(160).fill(20_000, 40, 60) });
    heard.add({ atMs: 20, samples: new Int16Array(160) });
    expect(heard.firstVoicedAfter(0)).toBeUndefined();
  });

  it('fills gaps with silence and evens out jitter', () => {
    const heard = new Recording();
    heard.add({ atMs: 103, samples: voice() });
    heard.add({ atMs: 128, samples: voice() });
    heard.add({ atMs: 500, samples: voice() });
    const audio = heard.timeline(100);
    expect(audio.length).toBe(8 * 420);
    expect(audio.subarray(24, 24 + 320).every((sample) => sample === 3_000)).toBe(true);
    expect(audio.subarray(344, 3_200).every((sample) => sample === 0)).toBe(true);
    expect(heard.segments(100, 300).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [100, 145],
      [500, 520],
    ]);
    expect(heard.timeline(500, 510).length).toBe(80);
    expect(new Recording().timeline(0)).toHaveLength(0);
  });

  it('follows a voice from a moment to its end, over short pauses', () => {
    const heard = new Recording();
    for (const atMs of [1_000, 1_020, 1_200, 1_220, 2_000]) heard.add({ atMs, samples: voice() });
    expect(heard.voicedUntil(1_010, 350)).toBe(1_240);
    expect(heard.voicedUntil(1_010, 100)).toBe(1_040);
    expect(heard.voicedUntil(1_130, 350)).toBeUndefined();
    expect(heard.voicedUntil(1_990, 350)).toBe(2_020);
  });
});
