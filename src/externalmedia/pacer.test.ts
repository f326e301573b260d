import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { summariseLateness } from './lateness.js';
import { MAX_BURST_FRAMES, Pacer, PacerTimeline } from './pacer.js';

describe('PacerTimeline', () => {
  test('waits, keeps up, catches up with three frames, and skips more than that', () => {
    const timeline = new PacerTimeline(1_000);
    expect(timeline.step(999.9)).toEqual({ frames: 0, skipped: 0 });
    expect(timeline.step(1_000)).toEqual({ frames: 1, skipped: 0 });
    expect(timeline.step(1_060)).toEqual({ frames: 3, skipped: 0 });
    expect(timeline.step(1_140)).toEqual({ frames: 1, skipped: 3 });
    expect(timeline.nextDueMs).toBe(1_160);
  });

  test('never bursts and never drifts, however it is woken', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 200 }), (sleeps) => {
        const timeline = new PacerTimeline(0);
        let nowMs = 0;
        let frames = 0;
        for (const sleepMs of sleeps) {
          nowMs += sleepMs;
          const step = timeline.step(nowMs);
          expect(step.frames).toBeLessThanOrEqual(MAX_BURST_FRAMES);
          frames += step.frames + step.skipped;
        }
        if (sleeps.length > 0) expect(frames).toBe(Math.floor(nowMs / 20) + 1);
      }),
    );
  });
});

test('an hour has 180,000 frames', () => {
  const clock = new FakeClock();
  let frames = 0;
  const pacer = new Pacer(clock, (step) => (frames += step.frames));
  clock.advance(3_600_000);
  pacer.stop();
  expect(frames).toBe(180_001);
  expect(clock.pendingCount).toBe(0);
  expect(summariseLateness([pacer.lateness.take()])).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});
