import { describe, expect, test } from 'vitest';
import { PartQueue } from './part-queue.js';

describe('PartQueue', () => {
  test('delivers what came before and what comes while reading', async () => {
    const queue = new PartQueue<number>(() => undefined);
    queue.push(1);
    const got: number[] = [];
    const reading = (async () => {
      for await (const part of queue) got.push(part);
    })();
    await Promise.resolve();
    queue.push(2);
    queue.finish();
    queue.push(3);
    await reading;
    expect(got).toEqual([1, 2]);
  });

  test('delivers what came, then the error', async () => {
    const queue = new PartQueue<number>(() => undefined);
    queue.push(1);
    queue.fail(new Error('broken'));
    const iterator = queue[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    await expect(iterator.next()).rejects.toThrow('broken');
  });

  test('tells once that the reader has stopped', async () => {
    let stops = 0;
    const queue = new PartQueue<number>(() => stops++);
    queue.push(1);
    for await (const part of queue) {
      expect(part).toBe(1);
      break;
    }
    queue.finish();
    expect(stops).toBe(1);
  });
});
