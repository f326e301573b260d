import { expect, test } from 'vitest';
import { peopleIn, withPeople } from './people-list.js';
import { flowMistakes } from './load.js';
import type { Flow } from './schema.js';

const flow: Flow = {
  schema: 1,
  id: 'desk',
  name: 'Desk',
  language: 'en-US',
  start: 'who',
  giveUp: 'bye',
  nodes: { who: { kind: 'directory', prompt: 'Who?', failed: 'bye' }, bye: { kind: 'hangup' } },
};

test('a list from a spreadsheet, with quotes, other names and columns of its own', () => {
  const csv =
    '\uFEFFName;Extension;About;Last name;Say;Room\r\n' +
    'Anna Smith;101;"sales; north";;Annie | the boss;7\r\n\r\n' +
    'Maria van der Berg;104;;van der Berg;;\r\n';
  expect(peopleIn(csv, 'people.csv')).toEqual([
    { name: 'Anna Smith', extension: '101', about: 'sales; north', say: ['Annie', 'the boss'] },
    { name: 'Maria van der Berg', extension: '104', lastName: 'van der Berg' },
  ]);
});

test('JSON as in the flow', () => {
  expect(peopleIn('[{"name": "Anna", "extension": "1"}]', 'x.json')).toEqual([{ name: 'Anna', extension: '1' }]);
});

test.each([
  ['name,phone\nAnna,1\n', 'column “extension”'],
  ['name,extension\n"Anna,1\n', 'Quote'],
  ['{"people": []}', 'no list of people'],
  ['[{"name"', 'no JSON'],
])('tells what is wrong with %s', (text, why) => {
  expect(() => peopleIn(text, 'list')).toThrow(
    expect.objectContaining({ code: 'HR_IMPORT', message: expect.stringContaining(why) }),
  );
});

test('somebody without an extension is told with the flow', () => {
  const document = withPeople(flow, 'who', peopleIn('name,extension\nAnna,\n', 'list'));
  expect(flowMistakes(document)).toEqual([{ where: 'nodes.who.people.0.extension', what: 'is missing' }]);
  expect(() => withPeople(flow, 'bye', [])).toThrow('no directory');
});
