import { expect, it } from 'vitest';
import { OneByOne, type Message } from './one-by-one.js';

it('sends each message when the one before it has left, in their order', () => {
  const sent: Message[] = [];
  const left: (() => void)[] = [];
  const queue = new OneByOne((message, done) => {
    sent.push(message);
    left.push(done);
  });
  for (const message of ['a', 'b', 'c']) queue.send(message);
  expect(sent).toEqual(['a']);
  left.shift()?.();
  expect(sent).toEqual(['a', 'b']);
  queue.send('d');
  left.shift()?.();
  left.shift()?.();
  left.shift()?.();
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
  queue.send('e');
  expect(sent.at(-1)).toBe('e');
});
