import { expect, test } from 'vitest';
import { ReadAhead } from './read-ahead.js';

/** A source that is fed by hand. */
function source() {
  let give: (value: string | Error | undefined) => void = () => undefined;
  async function* flow(): AsyncGenerator<string> {
    for (;;) {
      const value = await new Promise<string | Error | undefined>((resolve) => (give = resolve));
      if (value === undefined) return;
      if (value instanceof Error) throw value;
      yield value;
    }
  }
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 10; n++) await Promise.resolve();
  };
  return {
    flow: flow(),
    give: async (value: string | Error | undefined) => {
      await settle();
      give(value);
      await settle();
    },
  };
}

async function all(items: AsyncIterable<string>): Promise<string[]> {
  const read: string[] = [];
  for await (const item of items) read.push(item);
  return read;
}

test('what came before its reader is read first, then what comes; each is told when it comes', async () => {
  const { flow, give } = source();
  const told: string[] = [];
  const ahead = new ReadAhead(flow, (item) => told.push(item));
  await give('a');
  await give('b');
  expect(told).toEqual(['a', 'b']);
  const read = all(ahead);
  await give('c');
  await give(undefined);
  expect([await read, told]).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

test('an error comes behind what was there', async () => {
  const { flow, give } = source();
  const ahead = new ReadAhead(flow);
  await give('a');
  await give(new Error('broken'));
  const reader = ahead[Symbol.asyncIterator]();
  expect(await reader.next()).toEqual({ value: 'a', done: false });
  await expect(reader.next()).rejects.toThrow('broken');
});
