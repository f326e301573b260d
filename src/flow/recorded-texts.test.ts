import { expect, test } from 'vitest';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { lintFlow } from './lint.js';
import { recordableTexts, recordedNodes } from './recorded-texts.js';
import type { Flow } from './schema.js';

test('a text without variables is recorded as a whole, of one with variables its fixed beginnings', () => {
  expect(recordableTexts('Welcome to the café. How can I help?')).toEqual(['Welcome to the café. How can I help?']);
  expect(recordableTexts('Great, one moment, your {drink} is ready.')).toEqual(['Great,', 'one moment,']);
  expect(recordableTexts('{drink} it is.')).toEqual([]);
  expect(recordableTexts('  ')).toEqual([]);
});

test('what is recorded is named as it is said: spaces count once', () => {
  expect(recordableTexts(' Welcome.\n How are  you ?')).toEqual(['Welcome. How are you?']);
});

const flow: Flow = {
  ...smallFlow,
  start: 'hello',
  nodes: {
    ...smallFlow.nodes,
    hello: { kind: 'say', prompt: 'Hello.', next: 'again' },
    again: { kind: 'say', prompt: 'Great, your {drink} is ready.', next: 'bye' },
    bye: { kind: 'hangup', prompt: 'Bye.' },
  },
  languages: { 'de-DE': { hello: { prompt: 'Hallo.' } } },
  recordings: {
    'en-US': { 'Hello.': 'hello-1', 'Great,': 'great-1', 'Once said.': 'old-1' },
    'de-DE': { 'Hallo.': 'hallo-1', 'Bye.': 'hello-1' },
  },
};

test('a recording is told by the nodes that it is played at, in every language', () => {
  expect(recordedNodes(flow)).toEqual(
    new Map([
      ['hello-1', new Set(['hello', 'bye'])],
      ['great-1', new Set(['again'])],
      ['hallo-1', new Set(['hello'])],
    ]),
  );
});

test('only a recording whose text is said nowhere is found unused', () => {
  const unused = lintFlow(flow).filter(({ code }) => code === 'unused-recording');
  expect(unused.map(({ message }) => message)).toEqual([expect.stringContaining('“Once said.”')]);
});
