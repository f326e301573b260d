import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { COLLECT_MS, FIRST_RETRY_MS, WriteQueue } from './write-queue.js';

function setUp(capacity = 100) {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const written: string[] = [];
  const state = { trouble: undefined as string | undefined, transactions: 0 };
  const transaction = (work: () => void): void => {
    state.transactions++;
    if (state.trouble) throw Object.assign(new Error('in trouble'), { code: state.trouble });
    const before = written.length;
    try {
      work();
    } catch (error) {
      written.length = before;
      throw error;
    }
  };
  const queue = new WriteQueue({ clock, log, transaction, capacity });
  const add = (name: string): void => queue.add(() => void written.push(name));
  return { clock, log, written, state, queue, add };
}

describe('WriteQueue', () => {
  it('collects writes into one transaction, in order', () => {
    const { clock, written, state, add } = setUp();
    ['a', 'b', 'c'].forEach(add);
    expect(written).toEqual([]);
    clock.advance(COLLECT_MS);
    expect(written).toEqual(['a', 'b', 'c']);
    expect(state.transactions).toBe(1);
    expect(clock.pendingCount).toBe(0);
  });

  it.each(['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_READONLY_DBMOVED', 'SQLITE_IOERR_WRITE'])(
    'waits out %s, backing off, and logs the incident once',
    (code) => {
      const { clock, log, written, state, add } = setUp();
      state.trouble = code;
      add('a');
      clock.advance(10_000);
      add('b');
      expect(written).toEqual([]);
      expect(state.transactions).toBeLessThan(8);
      expect(log.lines.map(({ message }) => message)).toEqual(['the database takes no writes; calls go on']);
      expect(log.lines[0]?.fields['error']).toMatchObject({ code: 'HR_STORE_FAILED' });
      state.trouble = undefined;
      clock.advance(5_000);
      expect(written).toEqual(['a', 'b']);
      expect(log.lines.at(-1)).toMatchObject({ level: 'info', fields: { lost: 0 } });
      expect(clock.pendingCount).toBe(0);
    },
  );

  it('holds a bounded number, refuses and counts the rest', () => {
    const { clock, written, state, queue, add } = setUp(2);
    state.trouble = 'SQLITE_FULL';
    ['a', 'b', 'c', 'd'].forEach(add);
    expect([queue.waiting, queue.lost]).toEqual([2, 2]);
    clock.advance(COLLECT_MS);
    state.trouble = undefined;
    clock.advance(FIRST_RETRY_MS);
    expect(written).toEqual(['a', 'b']);
  });

  it('loses only the write that can never work', () => {
    const { clock, log, written, queue, add } = setUp();
    add('a');
    queue.add(() => {
      throw Object.assign(new Error('UNIQUE constraint failed'), { code: 'SQLITE_CONSTRAINT_UNIQUE' });
    });
    add('b');
    clock.advance(COLLECT_MS);
    expect(written).toEqual(['a', 'b']);
    expect([queue.waiting, queue.lost]).toEqual([0, 1]);
    expect(log.lines).toHaveLength(1);
  });

  it('tries a last time when closed, and leaves no timer', () => {
    const { clock, written, state, queue, add } = setUp();
    add('a');
    queue.close();
    expect(written).toEqual(['a']);
    state.trouble = 'SQLITE_BUSY';
    add('b');
    queue.close();
    expect([queue.waiting, queue.lost, clock.pendingCount]).toEqual([0, 1, 0]);
  });
});
