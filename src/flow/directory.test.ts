import { expect, test } from 'vitest';
import { nameKeys } from './directory.js';
import { KeyCollector } from '../fallback-ivr/key-collector.js';
import type { Person } from './schema.js';

const people: readonly Person[] = [
  { name: 'Anna Smith', about: 'sales', extension: '101' },
  { name: 'Anna Smith', about: 'support', extension: '102' },
  { name: 'Bob Stone', say: ['Bobby Miller'], extension: '103' },
];

/** What each key comes to, on its own, after those before it. */
function pressed(keys: string): readonly string[] {
  const collector = new KeyCollector({ kind: 'choice', keys: new Set(), names: nameKeys(people) });
  return [...keys].map((key) => {
    const progress = collector.press(key);
    return progress.type === 'choice' ? progress.key : progress.type;
  });
}

test('a row of keys ends where one person is left, who may have two names', () => {
  expect(pressed('78')).toEqual(['more', '78']);
  expect(pressed('6')).toEqual(['6']);
});

test('where several are left it ends with the last letter of their names, not before: a letter must not choose among them', () => {
  expect(pressed('764842662')).toEqual([...Array.from({ length: 8 }, () => 'more'), '764842662']);
});

test('pound ends it before, 0 and star lead away in the middle of it, and keys of nobody are wrong', () => {
  expect(pressed('76#')).toEqual(['more', 'more', '76']);
  expect(pressed('70')).toEqual(['more', 'operator']);
  expect(pressed('7*')).toEqual(['more', 'back']);
  expect(pressed('79')).toEqual(['more', 'invalid']);
  expect(pressed('#')).toEqual(['pound']);
  expect(pressed('1')).toEqual(['invalid']);
});
