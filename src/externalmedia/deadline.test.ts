import { describe, expect, test } from 'vitest';
import { Deadline } from './deadline.js';
import type { DeadlineView } from './deadline.js';

const quiet: DeadlineView = { speaking: false, audible: false, lastVoicedMs: undefined, audibleEndMs: undefined };

describe('Deadline', () => {
  const armed = (waiting: boolean) => {
    const deadline = new Deadline();
    deadline.arm({ afterMs: 900, ...(waiting && { waitingSinceMs: 1_000 }) });
    return deadline;
  };

  test.each<[string, boolean, Partial<DeadlineView>, number | undefined]>([
    ['waits for speech', false, {}, undefined],
    ['counts from when the caller began to wait', true, {}, 1_900],
    ['counts from the end of what was said after that', true, { audibleEndMs: 3_000 }, 3_900],
    ['does not count from what was said before', true, { audibleEndMs: 500 }, 1_900],
    ['counts from the last voiced sample', false, { lastVoicedMs: 2_000 }, 2_900],
    ['also when that was before it', true, { lastVoicedMs: 800 }, 1_700],
    ['is held back by speech', true, { lastVoicedMs: 2_000, speaking: true }, undefined],
    ['is held back by what is audible', true, { lastVoicedMs: 2_000, audible: true }, undefined],
  ])('%s', (_, waiting, view, dueMs) => {
    expect(armed(waiting).dueMs({ ...quiet, ...view })).toBe(dueMs);
  });

  test('fires once', () => {
    const deadline = armed(true);
    expect(deadline.check(1_899.9, quiet)).toBeUndefined();
    expect(deadline.check(1_900, quiet)).toMatchObject({ afterMs: 900 });
    expect(deadline.check(9_999, quiet)).toBeUndefined();
  });

  test('can be disarmed', () => {
    const deadline = armed(true);
    deadline.arm(undefined);
    expect(deadline.check(9_999, quiet)).toBeUndefined();
  });
});
