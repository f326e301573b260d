import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Playout } from './playout.js';
import type { PlayoutEvent } from './playout.js';

function harness() {
  const events: PlayoutEvent[] = [];
  const playout = new Playout((event) => events.push(event));
  let nowMs = 0;
  /** Plays frames and returns their samples. */
  const run = (frames: number): number[] => {
    const all: number[] = [];
    for (let n = 0; n < frames; n++, nowMs += 20) {
      const frame = new Int16Array(160);
      playout.nextFrame(frame, nowMs);
      all.push(...frame);
    }
    return all;
  };
  return { playout, events, run };
}
const loud = (samples: number, level = 1_000) => new Int16Array(samples).fill(level);

describe('Playout', () => {
  test('items follow each other without a gap, within a frame', () => {
    const { playout, events, run } = harness();
    playout.play('a', loud(200, 1_000), true);
    playout.play('b', loud(100, 2_000), true);
    const heard = run(2);
    expect(heard.slice(199, 202)).toEqual([1_000, 2_000, 2_000]);
    expect(heard.slice(299, 301)).toEqual([2_000, 0]);
    expect(events).toEqual([
      { type: 'playout-start', id: 'a', atMs: 0, audibleAtMs: 0 },
      { type: 'playout-end', id: 'a', atMs: 25, reason: 'finished', heardMs: 25, resumable: false },
      { type: 'playout-start', id: 'b', atMs: 25, audibleAtMs: 25 },
      { type: 'playout-end', id: 'b', atMs: 37.5, reason: 'finished', heardMs: 13, resumable: false },
    ]);
  });

  test('tells when the first audible sample is heard', () => {
    const { playout, events, run } = harness();
    playout.play('a', Int16Array.from([...loud(400, 100), ...loud(400)]), true);
    run(1);
    expect(events).toEqual([{ type: 'playout-start', id: 'a', atMs: 0, audibleAtMs: 50 }]);
  });

  test('a stream that runs dry plays silence and goes on; its start is told with its first audible frame', () => {
    const { playout, events, run } = harness();
    playout.playStream('s', true);
    playout.append('s', loud(160, 0));
    run(2);
    expect(events).toEqual([]);
    playout.append('s', loud(80));
    expect(run(1).filter((sample) => sample > 0)).toHaveLength(80);
    expect(events).toEqual([{ type: 'playout-start', id: 's', atMs: 0, audibleAtMs: 40 }]);
    expect(playout.hasAudible).toBe(false);
    playout.finish('s');
    run(1);
    expect(events.at(-1)).toMatchObject({ type: 'playout-end', reason: 'finished', heardMs: 30 });
  });

  test('flush ends everything within a frame, and tells what was heard', () => {
    const { playout, events, run } = harness();
    playout.play('a', loud(1_600), true);
    playout.play('b', loud(1_600), true);
    run(3);
    playout.flush(60, 'all');
    expect(run(1).every((sample) => sample === 0)).toBe(true);
    expect(events.slice(1)).toEqual([
      { type: 'playout-end', id: 'a', atMs: 60, reason: 'flushed', heardMs: 60, resumable: false },
      { type: 'playout-end', id: 'b', atMs: 60, reason: 'flushed', heardMs: 0, resumable: false },
    ]);
    playout.append('a', loud(10));
    expect(playout.isBusy).toBe(false);
  });

  test('what a barge-in cut off goes on after the last pause before it, with its events anew', () => {
    const { playout, events, run } = harness();
    playout.play('a', Int16Array.from([...loud(4_000, 1_000), ...loud(800, 0), ...loud(8_000, 2_000)]), true);
    playout.play('b', loud(160, 3_000), true);
    run(60);
    playout.flush(1_200, 'barge-in');
    expect(events.slice(1)).toMatchObject([
      { id: 'a', reason: 'flushed', heardMs: 1_200, resumable: true },
      { id: 'b', reason: 'flushed', heardMs: 0, resumable: true },
    ]);
    expect(run(1).every((sample) => sample === 0)).toBe(true);
    playout.resume();
    const heard = run(55);
    // 20 ms of the pause, so that a soft beginning is not lost, and all that followed it.
    expect(heard.indexOf(2_000)).toBe(160);
    expect(heard.filter((sample) => sample === 2_000)).toHaveLength(8_000);
    expect(heard.filter((sample) => sample === 3_000)).toHaveLength(160);
    expect(events.filter(({ type }) => type === 'playout-start').map(({ id }) => id)).toEqual(['a', 'a', 'b']);
    expect(events.at(-1)).toMatchObject({ type: 'playout-end', id: 'b', reason: 'finished' });
  });

  test('a flush, or a stream that had not come to its end, leaves nothing to go on with', () => {
    const { playout, events, run } = harness();
    playout.play('a', loud(1_600), true);
    playout.playStream('s', true);
    playout.append('s', loud(1_600));
    run(1);
    playout.flush(20, 'barge-in');
    expect(events.at(-1)).toMatchObject({ id: 's', resumable: false });
    playout.flush(30, 'barge-in');
    playout.resume();
    expect(playout.isBusy).toBe(true);
    playout.flush(40, 'barge-in');
    playout.flush(40, 'all');
    playout.resume();
    expect(playout.isBusy).toBe(false);
  });

  test('barge-in spares what does not allow it', () => {
    const { playout, events, run } = harness();
    playout.play('notice', loud(1_600), false);
    playout.play('menu', loud(1_600), true);
    run(1);
    expect(playout.flush(20, 'barge-in')).toBe(false);
    expect(events.at(-1)).toMatchObject({ id: 'menu', reason: 'flushed' });
    expect(run(1).every((sample) => sample === 1_000)).toBe(true);
  });

  test('what is played first goes before a stream that hangs', () => {
    const { playout, run } = harness();
    playout.playStream('hung', true);
    playout.playFirst('prompt', loud(160), true);
    expect(run(1).every((sample) => sample === 1_000)).toBe(true);
  });

  test('every sample of every item is played once, in order, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(400), { maxLength: 6 }), { maxLength: 5 }), (items) => {
        const { playout, events, run } = harness();
        let level = 200;
        const expected: number[] = [];
        items.forEach((chunks, index) => {
          playout.playStream(`${index}`, true);
          for (const size of chunks) {
            playout.append(`${index}`, loud(size, ++level));
            for (let n = 0; n < size; n++) expected.push(level);
          }
          playout.finish(`${index}`);
        });
        expect(run(expected.length / 160 + 2).slice(0, expected.length)).toEqual(expected);
        expect(events.filter(({ type }) => type === 'playout-end')).toHaveLength(items.length);
        expect(playout.isBusy).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('stands still and goes on with the same sample; what allows no barge-in does not stand still', () => {
    const { playout, events, run } = harness();
    const ramp = Int16Array.from({ length: 480 }, (_, i) => 1_000 + i);
    playout.play('a', ramp, true);
    const before = run(1);
    expect(playout.hold()).toBe(true);
    expect(playout.hasAudible).toBe(true);
    expect(run(3)).toEqual(Array(480).fill(0));
    playout.release();
    expect([...before, ...run(2)]).toEqual([...ramp]);
    expect(events.at(-1)).toMatchObject({ type: 'playout-end', reason: 'finished' });
    playout.play('terms', loud(320), false);
    expect(playout.hold()).toBe(false);
    expect(run(2)).toEqual(Array(320).fill(1_000));
  });

  test('what is said after a barge-in is heard at once, though the bot stood still before it', () => {
    const { playout, run } = harness();
    playout.play('a', loud(800), true);
    run(1);
    playout.hold();
    playout.flush(20, 'barge-in');
    playout.play('b', loud(160, 2_000), true);
    expect(run(1)).toEqual(Array(160).fill(2_000));
  });
});
