import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { summariseLateness } from './lateness.js';
import { ClockTimer } from './deadline-timer.js';
import { MAX_BURST_FRAMES, PHASES, Pacer, PacerTimeline, type PacerStep } from './pacer.js';

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

test('an hour has 180,000 frames in each phase', () => {
  const clock = new FakeClock();
  const frames = Array<number>(PHASES).fill(0);
  const pacer = new Pacer(clock, new ClockTimer(clock), {
    woken: () => undefined,
    phase: (phase, step) => (frames[phase]! += step.frames),
  });
  clock.advance(3_600_000);
  pacer.stop();
  expect(frames).toEqual([180_001, 180_000, 180_000, 180_000]);
  expect(clock.pendingCount).toBe(0);
  expect(summariseLateness([pacer.lateness.take()])).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('each phase is due 5 ms after the one before, and what has come is taken first', () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const pacer = new Pacer(clock, new ClockTimer(clock), {
    woken: () => log.push(`${clock.nowMs()}: look`),
    phase: (phase) => log.push(`${clock.nowMs()}: ${phase}`),
  });
  const startMs = clock.nowMs();
  clock.advance(20);
  pacer.stop();
  const at = [0, 5, 10, 15, 20].map((ms) => startMs + ms);
  expect(log).toEqual(at.flatMap((ms, n) => [`${ms}: look`, `${ms}: ${n % PHASES}`]));
});

test('a stall is caught up by every phase for itself, and its length is told as lateness', () => {
  const clock = new FakeClock();
  let wake = (): void => undefined;
  const steps: (PacerStep & { readonly phase: number })[] = [];
  const pacer = new Pacer(
    clock,
    { wakeAt: (_atMs, task) => (wake = task), stop: () => undefined },
    { woken: () => undefined, phase: (phase, step) => steps.push({ phase, ...step }) },
  );
  wake();
  clock.advance(95);
  wake();
  pacer.stop();
  expect(steps).toEqual([
    { phase: 0, frames: 1, skipped: 0 },
    { phase: 0, frames: 1, skipped: 3 },
    { phase: 1, frames: 1, skipped: 4 },
    { phase: 2, frames: 1, skipped: 4 },
    { phase: 3, frames: 1, skipped: 4 },
  ]);
  expect(summariseLateness([pacer.lateness.take()]).maxMs).toBe(90);
});
