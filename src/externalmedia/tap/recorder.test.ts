import { describe, expect, test } from 'vitest';
import { Recorder } from './recorder.js';

const frame = (value: number, samples = 160) => new Int16Array(samples).fill(value);

function harness() {
  const chunks: Int16Array[] = [];
  // Handed over as to another thread: the recorder must not look at it again.
  const recorder = new Recorder((chunk) => chunks.push(structuredClone(chunk, { transfer: [chunk.buffer] })));
  const side = (n: 0 | 1): number[] => chunks.flatMap((chunk) => [...chunk].filter((_, i) => i % 2 === n));
  return { recorder, chunks, left: () => side(0), right: () => side(1) };
}
const firstAbove = (samples: readonly number[], level = 100) => samples.findIndex((value) => Math.abs(value) > level);

describe('Recorder', () => {
  test('caller left, bot right: what happened at once is heard at once', () => {
    const { recorder, left, right } = harness();
    for (let n = 0; n < 100; n++) {
      const value = n < 50 ? 0 : 5_000;
      recorder.caller(frame(value));
      recorder.bot(frame(value));
    }
    recorder.finish();
    expect(left()).toHaveLength(102 * 160);
    expect(Math.abs(firstAbove(left()) - firstAbove(right()))).toBeLessThanOrEqual(160);
  });

  test('writes a second at a time, and the rest at the end', () => {
    const { recorder, chunks } = harness();
    for (let n = 0; n < 110; n++) recorder.bot(frame(1));
    expect(chunks.map(({ length }) => length)).toEqual([16_000, 16_000]);
    recorder.finish();
    expect(chunks.map(({ length }) => length)).toEqual([16_000, 16_000, 12 * 320]);
  });

  test('a caller who is silent without packets leaves silence, and comes back at the right time', () => {
    const { recorder, left, right } = harness();
    for (let n = 0; n < 200; n++) {
      const isAway = n >= 50 && n < 150;
      if (!isAway) recorder.caller(frame(n < 50 ? 1_000 : 4_000));
      recorder.bot(frame(n < 150 ? 0 : 4_000));
    }
    recorder.finish();
    expect(Math.abs(firstAbove(left(), 2_000) - firstAbove(right(), 2_000))).toBeLessThanOrEqual(3 * 160);
  });

  // 1,000 ppm over 12 minutes is the drift of an hour at 200 ppm.
  test.each([-1_000, 1_000])('12 minutes with a caller whose clock is %d ppm off stay aligned', (ppm) => {
    let marks = 0;
    let worst = 0;
    let position = 0;
    const recorder = new Recorder((chunk) => {
      for (let i = 0; i < chunk.length; i += 2, position++) {
        if (chunk[i] !== 9_000) continue;
        marks++;
        // A mark is said every 10 s of the caller's clock, in the first sample of its frame.
        const saidAt = Math.round(position / 80_000) * 80_000;
        worst = Math.max(worst, Math.abs(position - saidAt * (1 + ppm / 1e6)));
      }
    });
    const quiet = frame(0);
    const marked = Int16Array.from(quiet);
    marked[0] = 9_000;
    let said = 0;
    for (let n = 0; n < 720 * 50; n++) {
      while (said * 20 * (1 + ppm / 1e6) <= n * 20) recorder.caller(said++ % 500 === 0 ? marked : quiet);
      recorder.bot(quiet);
    }
    expect(marks).toBeGreaterThanOrEqual(71);
    expect(worst).toBeLessThan(8 * 120 + 8 * 40);
  });

  test('a burst is bounded', () => {
    const { recorder, left } = harness();
    for (let n = 0; n < 500; n++) recorder.caller(frame(7_000, 480));
    for (let n = 0; n < 100; n++) recorder.bot(frame(0));
    recorder.finish();
    expect(left().filter((value) => value === 7_000).length).toBeLessThanOrEqual(8_000);
  });
});
