import { expect, test } from 'vitest';
import { chooseThread } from './thread-choice.js';

const thread = (legs: number, isAlive = true) => ({ legs, isAlive });

test('a new call goes to the living thread with the fewest', () => {
  const threads = [thread(3), thread(0, false), thread(2), thread(2)];
  expect(chooseThread(threads, 10)).toBe(threads[2]);
});

test('is refused when every thread is full, or none is alive', () => {
  expect(() => chooseThread([thread(10), thread(10), thread(0, false)], 10)).toThrow(
    expect.objectContaining({ code: 'HR_MEDIA_FULL' }),
  );
  expect(() => chooseThread([thread(0, false)], 10)).toThrow(expect.objectContaining({ code: 'HR_MEDIA_FAILED' }));
});
