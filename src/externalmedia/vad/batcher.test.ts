import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../kernel/fake-clock.js';
import { Batcher, MAX_BATCH, RUN_SPACING_MS } from './batcher.js';

function harness(run: () => Promise<void> = () => Promise.resolve()) {
  const clock = new FakeClock();
  const runs: { readonly atMs: number; readonly names: string }[] = [];
  const failed: string[] = [];
  const streams = new Map<string, object>();
  const batcher = new Batcher<{ readonly stream: object; readonly name: string }>(
    clock,
    (batch) => {
      runs.push({ atMs: clock.nowMs(), names: batch.map(({ name }) => name).join('') });
      return run();
    },
    ({ name }) => failed.push(name),
  );
  const submit = (names: string): void => {
    for (const name of names) {
      const stream = streams.get(name) ?? {};
      streams.set(name, stream);
      batcher.submit({ stream, name });
    }
  };
  return { batcher, clock, submit, runs, failed };
}

describe('Batcher', () => {
  test('a window that comes alone is run at once', async () => {
    const { clock, submit, runs } = harness();
    submit('a');
    await clock.advanceAsync(32);
    submit('a');
    await clock.advanceAsync(0);
    expect(runs).toEqual([
      { atMs: 0, names: 'a' },
      { atMs: 32, names: 'a' },
    ]);
  });

  test('windows of many callers gather for 10 ms', async () => {
    const { clock, submit, runs } = harness();
    submit('ab');
    for (const name of 'cdef') {
      await clock.advanceAsync(2);
      submit(name);
    }
    await clock.advanceAsync(RUN_SPACING_MS);
    expect(runs).toEqual([
      { atMs: 0, names: 'ab' },
      { atMs: 10, names: 'cdef' },
    ]);
    expect(clock.pendingCount).toBe(0);
  });

  test('windows of one caller follow each other at once, never in one run', async () => {
    const { clock, submit, runs } = harness();
    submit('aabaa');
    await clock.advanceAsync(0);
    expect(runs.map(({ names }) => names)).toEqual(['ab', 'a', 'a', 'a']);
  });

  test('a full batch does not wait', async () => {
    const { clock, submit, runs } = harness();
    submit('!');
    await clock.advanceAsync(1);
    submit(Array.from({ length: MAX_BATCH }, (_, n) => String.fromCodePoint(65 + n)).join(''));
    await clock.advanceAsync(0);
    expect(runs.map(({ atMs, names }) => [atMs, names.length])).toEqual([
      [0, 1],
      [1, MAX_BATCH],
    ]);
  });

  test('when a run fails, everything that waits and comes is told', async () => {
    const { clock, submit, runs, failed } = harness(() => Promise.reject(new Error('broken')));
    submit('aab');
    await clock.advanceAsync(50);
    submit('c');
    expect(runs).toHaveLength(1);
    expect(failed.join('')).toBe('abac');
  });

  test('closing waits for the run that is under way, and begins no other', async () => {
    let finish: () => void = () => undefined;
    const { batcher, clock, submit, runs, failed } = harness(() => new Promise((resolve) => (finish = resolve)));
    submit('ab');
    await clock.advanceAsync(1);
    submit('a');
    let isClosed = false;
    const closed = batcher.close().then(() => (isClosed = true));
    await clock.advanceAsync(20);
    expect([isClosed, failed]).toEqual([false, ['a']]);
    finish();
    await closed;
    expect(runs).toHaveLength(1);
  });
});
