import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlayoutAhead } from './playout-ahead.js';
import { Playout } from './playout.js';

/** Samples that say their own place: 1,000, 1,001, … */
const ramp = (from: number, length: number) => Int16Array.from({ length }, (_, i) => from + i);

function harness() {
  const playout = new Playout(() => undefined);
  const ahead = new PlayoutAhead(playout);
  const take = (samples: number): number[] => {
    const into = new Int16Array(samples);
    return [...into.subarray(0, ahead.take(into))];
  };
  const hear = (frames = 1): number[] => {
    const frame = new Int16Array(160);
    return Array.from({ length: frames }, () => (playout.nextFrame(frame, 0), [...frame])).flat();
  };
  return { playout, ahead, take, hear };
}

describe('PlayoutAhead', () => {
  test('takes items in order, over their borders, and knows what is ahead', () => {
    const { playout, ahead, take, hear } = harness();
    playout.play('a', ramp(1_000, 100), true);
    playout.play('b', ramp(2_000, 300), true);
    expect(take(150)).toEqual([...ramp(1_000, 100), ...ramp(2_000, 50)]);
    expect([ahead.samples, ahead.hasMore, ahead.isComplete]).toEqual([150, true, false]);
    hear();
    expect([...take(1_000)]).toEqual([...ramp(2_060, 240)]);
    expect([ahead.samples, ahead.hasMore, ahead.isComplete]).toEqual([240, false, true]);
    hear(2);
    expect(ahead.samples).toBe(0);
  });

  test('does not overtake a stream that may still grow', () => {
    const { playout, ahead, take } = harness();
    playout.playStream('a', true);
    playout.play('b', ramp(2_000, 10), true);
    expect([ahead.hasMore, take(100)]).toEqual([false, []]);
    playout.append('a', ramp(1_000, 20));
    expect([ahead.hasMore, take(100), ahead.isComplete]).toEqual([true, [...ramp(1_000, 20)], false]);
    playout.append('a', ramp(1_020, 5));
    playout.finish('a');
    expect([take(100), ahead.isComplete]).toEqual([[...ramp(1_020, 5), ...ramp(2_000, 10)], true]);
  });

  test('after a rewind, what is not heard yet is taken again', () => {
    const { playout, ahead, take, hear } = harness();
    playout.play('a', ramp(1_000, 400), false);
    playout.play('b', ramp(2_000, 400), true);
    take(800);
    hear();
    playout.flush(0, 'barge-in');
    expect(take(800)).toEqual([]);
    ahead.rewind();
    expect(ahead.samples).toBe(0);
    expect(take(800)).toEqual([...ramp(1_160, 240)]);
  });

  test('whatever happens, what the far end plays is what the playout says', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('play' as const), samples: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ do: fc.constant('take' as const), samples: fc.integer({ min: 1, max: 900 }) }),
      fc.record({ do: fc.constantFrom('hear' as const, 'flush' as const, 'first' as const), samples: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { playout, ahead, take, hear } = harness();
        let far: number[] = [];
        let said = 1;
        steps.forEach(({ do: what, samples }, n) => {
          if (what === 'play') playout.play(`i${n}`, ramp((said += 50), samples), n % 2 === 0);
          if (what === 'take') far.push(...take(samples));
          if (what === 'hear') {
            // The far end is never asked for what it does not have: it gets a frame's worth first.
            far.push(...take(Math.max(0, 160 - far.length)));
            const heard = hear();
            const played = far.splice(0, 160);
            expect([...played, ...Array<number>(160 - played.length).fill(0)]).toEqual(heard);
          }
          if (what === 'flush' || what === 'first') {
            if (what === 'flush') playout.flush(0, 'barge-in');
            else playout.playFirst(`i${n}`, ramp((said += 50), 70), true);
            ahead.rewind();
            far = [];
          }
          expect(ahead.samples).toBe(far.length);
        });
      }),
    );
  });
});
