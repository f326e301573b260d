import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { summariseLateness } from './lateness.js';
import { ClockTimer } from './deadline-timer.js';
import { MAX_BURST_FRAMES, PHASES, Pacer, PacerTimeline } from './pacer.js';

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

test('a quarter of an hour has 45,000 frames in each phase', () => {
  const clock = new FakeClock();
  const frames = Array<number>(PHASES).fill(0);
  const pacer = new Pacer(clock, new ClockTimer(clock), {
    read: () => undefined,
    phase: (phase, step) => (frames[phase]! += step.frames),
  });
  pacer.start();
  clock.advance(900_000);
  pacer.stop();
  expect(frames).toEqual([45_001, ...Array<number>(PHASES - 1).fill(45_000)]);
  expect(clock.pendingCount).toBe(0);
  expect(summariseLateness([pacer.lateness.take()])).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test('each phase is due 2.5 ms after the one before, and what has come is read after it', () => {
  const clock = new FakeClock();
  const log: string[] = [];
  const pacer = new Pacer(clock, new ClockTimer(clock), {
    read: () => log.push(`${clock.nowMs()}: read`),
    phase: (phase) => log.push(`${clock.nowMs()}: ${phase}`),
  });
  clock.advance(7);
  pacer.start();
  pacer.start();
  clock.advance(20);
  pacer.stop();
  clock.advance(100);
  const at = Array.from({ length: PHASES + 1 }, (_, n) => 7 + 2.5 * n);
  expect(log).toEqual(at.flatMap((ms, n) => [`${ms}: ${n % PHASES}`, `${ms}: read`]));
});

test('after a stall what waits is read first; every phase catches up for itself, and the stall is told as lateness', () => {
  const clock = new FakeClock();
  let wake = (): void => undefined;
  const log: unknown[] = [];
  const pacer = new Pacer(
    clock,
    { wakeAt: (_atMs, task) => (wake = task), stop: () => undefined },
    { read: () => log.push('read'), phase: (phase, step) => log.push([phase, step]) },
  );
  pacer.start();
  wake();
  expect(log.splice(0)).toEqual([[0, { frames: 1, skipped: 0 }], 'read']);
  clock.advance(58);
  wake();
  pacer.stop();
  const caughtUp = (phase: number) => [phase, { frames: phase === 0 ? 2 : 3, skipped: 0 }];
  expect(log).toEqual(['read', ...Array.from({ length: PHASES }, (_, phase) => caughtUp(phase))]);
  expect(summariseLateness([pacer.lateness.take()]).maxMs).toBe(55.5);
});
