import { describe, expect, it } from 'vitest';

import { HandrailError } from '../kernel/errors.js';
import { flowMistakes, loadFlow, parseFlow } from './load.js';

const head = { schema: 1, id: 'test', name: 'Test', language: 'en-US', start: 'hello', giveUp: 'bye' };
const bye = { kind: 'hangup' };

function mistakes(node: unknown): readonly string[] {
  return flowMistakes({ ...head, nodes: { bye, hello: node } }).map(({ where, what }) => `${where}: ${what}`);
}

describe('parseFlow', () => {
  it('takes a flow', () => {
    const json = { ...head, nodes: { bye, hello: { kind: 'say', prompt: 'Hello.', next: 'bye' } } };
    expect(parseFlow(json, 'test')).toBe(json);
  });

  it('tells the kinds when a kind is unknown', () => {
    expect(mistakes({ kind: 'meny' })).toEqual([
      expect.stringMatching(/^nodes\.hello\.kind: must be one of menu, collect/),
    ]);
  });

  it('tells missing and unknown fields of the right kind', () => {
    expect(mistakes({ kind: 'say', promt: 'Hello.', next: 'bye' })).toEqual([
      'nodes.hello.prompt: is missing',
      'nodes.hello.promt: is not known here; known are kind, prompt, next, note',
    ]);
  });

  it('tells of the entity that was meant, not of all of them', () => {
    const collect = { kind: 'collect', prompt: 'Number?', slot: 'n', next: 'bye' };
    expect(mistakes({ ...collect, entity: { type: 'digits', min: '4', max: 4 } })).toEqual([
      'nodes.hello.entity.min: must be integer',
    ]);
    expect(mistakes({ ...collect, entity: { type: 'digit' } })).toEqual([
      'nodes.hello.entity.type: must be one of "list", "compound", "digits", "number", "yesno", "date", "time", "amount", "code"',
    ]);
    expect(mistakes({ ...collect, entity: { type: 'list', values: ['a', 3, { value: 'b' }] } })).toEqual([
      'nodes.hello.entity.values.1: must be string or object',
      'nodes.hello.entity.values.2.say: is missing',
    ]);
    expect(mistakes({ ...collect, entity: { type: 'yesno' }, confirm: 'maybe' })).toEqual([
      'nodes.hello.confirm: must be one of "always", "unsure", "never"',
    ]);
  });

  it('tells the meaning of a field with a pattern', () => {
    const option = { id: 'a', label: 'a', key: '0', phrases: [], next: 'bye' };
    expect(mistakes({ kind: 'menu', prompt: 'Hello.', options: [option] })).toEqual([
      expect.stringMatching(/^nodes\.hello\.options\.0\.key: .*The key for this option/),
      'nodes.hello.options.0.phrases: needs at least 1, has 0',
    ]);
  });

  it('checks the head and the names of nodes', () => {
    const found = flowMistakes({ ...head, language: 'english', stat: 'x', nodes: { 'Bad name': bye } });
    expect(found.map(({ where }) => where)).toEqual(['language', 'stat', 'nodes.Bad name']);
    expect(flowMistakes([])).toEqual([{ where: 'flow', what: 'must be a JSON object' }]);
    expect(flowMistakes(head)).toEqual([{ where: 'nodes', what: 'must be an object of nodes by name' }]);
  });

  it('throws one error with all of them', () => {
    expect(() => parseFlow({ ...head, start: 7, nodes: { bye, hello: {} } }, 'a.json')).toThrowError(
      expect.objectContaining({
        code: 'HR_FLOW_INVALID',
        message: expect.stringMatching(/a\.json:\n {2}start: .*\n {2}nodes\.hello/),
      }),
    );
  });
});

describe('loadFlow', () => {
  it('tells that a file cannot be read', async () => {
    await expect(loadFlow('/nowhere/flow.json')).rejects.toThrow(HandrailError);
  });
});
