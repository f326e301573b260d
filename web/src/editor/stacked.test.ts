import { expect, test } from 'vitest';
import { stacked, type Box } from './stacked.js';

const box = (key: string, wanted: number): Box => ({ key, height: 40, margin: 10, wanted });

test('a box stands where it wants to be, with its middle', () => {
  expect(stacked([box('a', 100), box('b', 300)])).toEqual(
    new Map([
      ['a', 80],
      ['b', 280],
    ]),
  );
});

test('two that want the same place give way alike, in their order', () => {
  expect(stacked([box('a', 100), box('b', 100)])).toEqual(
    new Map([
      ['a', 50],
      ['b', 110],
    ]),
  );
});

test('one that wants nothing stands below', () => {
  expect(stacked([box('a', Infinity), box('b', 100)])).toEqual(
    new Map([
      ['b', 80],
      ['a', 140],
    ]),
  );
});
