import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { KeptProcess, type ChildHandle, type KeptEvent } from './kept-process.js';

class FakeChild implements ChildHandle {
  stops = 0;
  becomesReady: () => void = () => undefined;
  fails: (error: Error) => void = () => undefined;
  ends: (code: number) => void = () => undefined;
  readonly ready = new Promise<void>((resolve, reject) => {
    this.becomesReady = resolve;
    this.fails = reject;
  });
  readonly ended = new Promise<number>((resolve) => (this.ends = resolve));

  constructor(readonly pid: number) {}

  stop(): Promise<void> {
    this.stops++;
    this.ends(0);
    return Promise.resolve();
  }
}

let clock: FakeClock;
let children: FakeChild[];
let events: KeptEvent[];
let kept: KeptProcess;

const spawn = (): FakeChild => {
  const child = new FakeChild(children.length);
  children.push(child);
  return child;
};

beforeEach(() => {
  clock = new FakeClock();
  children = [];
  events = [];
  kept = new KeptProcess(spawn(), { spawn, clock, random: () => 0.999, onEvent: (event) => events.push(event) });
});

async function dies(code = 137): Promise<void> {
  children.at(-1)?.ends(code);
  await clock.advanceAsync(0);
}

describe('KeptProcess', () => {
  it('starts a fallen process again, and tells', async () => {
    await dies();
    await clock.advanceAsync(500);
    expect(kept.pid).toBe(1);
    children[1]?.becomesReady();
    await clock.advanceAsync(0);
    expect(events).toEqual([{ type: 'ended', code: 137, restartInMs: 500 }, { type: 'back' }]);
  });

  it('waits longer each time, and from the beginning again for one that held', async () => {
    for (const waitMs of [500, 1_000, 2_000]) {
      await dies();
      await clock.advanceAsync(waitMs);
    }
    await clock.advanceAsync(30_000);
    await dies();
    expect(events.map((event) => event.type === 'ended' && event.restartInMs)).toEqual([500, 1_000, 1_999, 500]);
  });

  it('stops one that is never ready, and tries again', async () => {
    await dies();
    await clock.advanceAsync(500);
    children[1]?.fails(new Error('no prompts'));
    await clock.advanceAsync(1_000);
    expect(children[1]?.stops).toBe(1);
    expect(kept.pid).toBe(2);
    expect(events).toContainEqual({ type: 'not-ready', problem: 'no prompts' });
  });

  it('stops for good: a running one, a starting one, and one that waits to be started', async () => {
    await kept.stop();
    expect(children[0]?.stops).toBe(1);
    await clock.advanceAsync(60_000);
    expect(children).toHaveLength(1);
    expect(events).toEqual([]);
    expect(clock.pendingCount).toBe(0);
  });

  it('starts nothing when it is stopped during the wait', async () => {
    await dies();
    await kept.stop();
    await clock.advanceAsync(60_000);
    expect(children).toHaveLength(1);
  });
});
