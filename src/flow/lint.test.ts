import { describe, expect, it } from 'vitest';

import { edgesOf, lintFlow, type Finding } from './lint.js';
import { parseFlow } from './load.js';

const nodes = {
  hello: { kind: 'say', prompt: 'Hello.', next: 'person' },
  person: { kind: 'transfer', to: '300', failed: 'bye' },
  bye: { kind: 'hangup' },
};

function lint(more: object, head: object = {}): readonly Finding[] {
  const json = { schema: 1, id: 't', name: 'T', language: 'en-US', start: 'hello', giveUp: 'person', ...head };
  return lintFlow(parseFlow({ ...json, nodes: { ...nodes, ...more } }, 'test'));
}

function codes(more: object, head: object = {}): readonly string[] {
  return lint(more, head).map(({ severity, nodeId, code }) => `${severity} ${nodeId} ${code}`);
}

const option = (id: string, key: string, phrase: string) => ({ id, label: id, key, phrases: [phrase], next: 'bye' });
const form = {
  kind: 'form',
  prompt: 'What?',
  slots: [{ name: 'drink', ask: 'Which?', label: 'drink', required: true, entity: { type: 'list', values: ['tea'] } }],
  examples: ['a {drink} please'],
  confirmPrompt: '{drink}?',
  next: 'bye',
};

describe('lintFlow', () => {
  it('finds nothing in a sound flow', () => {
    expect(lint({})).toEqual([]);
  });

  it('knows what a web service gives, and looks at what it is asked', () => {
    const tool = { kind: 'tool', url: 'https://shop.example/{order}', results: [], next: 'bye', failed: 'person' };
    const hello = { kind: 'say', prompt: 'It is {state}.', next: 'look' };
    const results = [{ name: 'state', at: '/state', schema: { type: 'string' } }];
    expect(codes({ hello, look: { ...tool, url: 'https://shop.example/', results } })).toEqual([]);
    expect(codes({ hello, look: { ...tool, results } })).toEqual(['error look unknown-variable']);
    const bad = { ...tool, url: 'https://shop.example/', body: { a: 'x' }, headers: { Authorization: 'x' } };
    expect(codes({ hello, look: { ...bad, results: [...results, ...results] } })).toEqual([
      'error look duplicate-slot',
      'warning look tool-body',
      'warning look tool-secret',
    ]);
  });

  it('wants one service of a tool, and knows the variables of its arguments', () => {
    const { url: _url, ...look } = { kind: 'tool', url: '', results: [], next: 'bye', failed: 'person' };
    const hello = { kind: 'say', prompt: 'Hello.', next: 'look' };
    const mcp = { server: 'shop', tool: 'orderState', arguments: { number: '4711' } };
    expect(codes({ hello, look: { ...look, mcp } })).toEqual([]);
    expect(codes({ hello, look })).toEqual(['error look tool-service']);
    expect(codes({ hello, look: { ...look, mcp, url: 'https://shop.example/' } })).toEqual(['error look tool-service']);
    const unknown = { ...mcp, arguments: { number: '{order}' } };
    expect(codes({ hello, look: { ...look, mcp: unknown } })).toEqual(['error look unknown-variable']);
  });

  it('looks at the services of a language model as at those of nodes', () => {
    const tool = {
      name: 'orderState',
      description: 'How far an order is.',
      parameters: [{ name: 'order', description: 'Four digits', schema: { type: 'string' } }],
      url: 'https://shop.example/{order}',
      results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
      answer: 'Order {order} is {state}.',
    };
    const talk = (tools: readonly object[]) => ({
      hello: {
        kind: 'converse',
        prompt: 'Yes?',
        knowledge: [],
        llm: { instructions: 'Be kind.', tools },
        exits: [{ id: 'bye', label: 'the end', key: '1', phrases: ['bye'], next: 'bye' }],
      },
    });
    expect(codes(talk([tool]))).toEqual([]);
    expect(codes(talk([tool, tool]))).toEqual(['error hello duplicate-slot']);
    expect(codes(talk([{ ...tool, answer: '{nothing}' }]))).toEqual(['error hello unknown-variable']);
    expect(codes(talk([{ ...tool, parameters: [] }]))).toEqual(['error hello unknown-variable']);
    const { url: _url, ...nowhere } = tool;
    expect(codes(talk([nowhere]))).toEqual(['error hello tool-service']);
  });

  it.each(['ftp://shop.example/', 'https://{host}/', 'https://shop.example@evil/', 'https://'])(
    'takes no url like %s',
    (url) => {
      const look = { kind: 'tool', url, results: [], next: 'bye', failed: 'person' };
      expect(() => lint({ look })).toThrow(/nodes\.look\.url/);
    },
  );

  it('follows subflows: what returns, what never does, what begins itself', () => {
    const hello = { kind: 'subflow', start: 'inside', arguments: { who: 'x' }, next: 'person' };
    const inside = { kind: 'say', prompt: 'For {who}.', next: 'back' };
    const back = { kind: 'return' };
    expect(codes({ hello, inside, back })).toEqual([]);
    expect(codes({ hello: { ...inside, prompt: 'x' }, back })).toEqual(['error back return-outside']);
    expect(codes({ hello, inside: { ...inside, next: 'bye' } })).toEqual(['warning hello no-return']);
    expect(codes({ hello, inside: { ...inside, next: 'hello' } })).toEqual([
      'warning hello no-return',
      'warning hello subflow-in-itself',
    ]);
  });

  it('finds edges to nowhere, in nodes and head', () => {
    expect(codes({ bye: { kind: 'say', prompt: 'x', next: 'gone' } }, { operator: 'nobody' })).toEqual([
      'error flow edge-to-nowhere',
      'error bye edge-to-nowhere',
    ]);
  });

  it('finds what cannot be done by keys', () => {
    const dumb = { kind: 'menu', prompt: 'x', options: [{ ...option('a', '1', 'a'), label: '…' }] };
    expect(codes({ hello: dumb })).toContain('error hello no-way-by-keys');
    expect(codes({ hello: { ...dumb, keyPrompt: 'Press 1.' } })).not.toContain('error hello no-way-by-keys');
    const collect = (count: number): object => ({
      kind: 'collect',
      prompt: 'Who?',
      slot: 'who',
      entity: { type: 'list', values: Array.from({ length: count }, (_x, i) => `number ${String(i)}`) },
      next: 'person',
    });
    expect(codes({ hello: collect(24) })).toEqual([]);
    expect(codes({ hello: collect(25) })).toEqual(['warning hello long-key-list']);
    expect(codes({ hello: collect(201) })).toEqual(['error hello no-way-by-keys']);
  });

  it('finds nodes that no way leads to', () => {
    expect(codes({ alone: { kind: 'hangup' } })).toEqual(['warning alone unreachable']);
  });

  it('finds loops, and tells those in which the caller can act from those in which not', () => {
    const loop = { kind: 'say', prompt: 'x', next: 'loop' };
    expect(codes({ hello: { kind: 'say', prompt: 'x', next: 'loop' }, loop })).toEqual([
      'error hello loop-without-exit',
      'error loop loop-without-exit',
    ]);
    const menu = { kind: 'menu', prompt: 'x', options: [{ ...option('a', '1', 'a'), next: 'hello' }] };
    expect(codes({ hello: menu })).toEqual(['warning hello loop-without-exit']);
  });

  it('finds a flow without people', () => {
    expect(codes({ person: { kind: 'hangup' }, bye: { kind: 'say', prompt: 'x', next: 'person' } })).toContain(
      'warning flow no-way-to-a-person',
    );
  });

  it('finds doubles among options', () => {
    const options = [option('a', '1', 'tea'), option('a', '1', 'Tea')];
    expect(codes({ hello: { kind: 'menu', prompt: 'x', options } })).toEqual([
      'error hello duplicate-key',
      'error hello duplicate-option',
      'warning hello duplicate-phrase',
    ]);
  });

  it('finds names that no slot has, in examples and prompts', () => {
    expect(codes({ hello: form })).toEqual([]);
    expect(codes({ hello: { ...form, examples: ['a {drnk}'] } })).toEqual([
      'error hello unknown-slot',
      'warning hello slot-without-example',
    ]);
    expect(codes({ hello: { ...form, confirmPrompt: '{size} {drink}?' } })).toEqual(['error hello unknown-slot']);
    expect(codes({ hello: { kind: 'say', prompt: 'Hi {name}', next: 'bye' } })).toEqual([
      'error hello unknown-variable',
    ]);
    expect(codes({ hello: { ...form, examples: ['something', 'a {drink}'] } })).toEqual([
      'warning hello example-without-slot',
    ]);
  });

  it('finds brackets that do not match', () => {
    expect(codes({ hello: { kind: 'say', prompt: 'Hi [there', next: 'bye' } })).toEqual([
      'error hello unbalanced-template',
    ]);
  });

  it('finds ranges and hours that hold nothing', () => {
    const collect = {
      kind: 'collect',
      prompt: 'x',
      slot: 'n',
      entity: { type: 'digits', min: 5, max: 4 },
      next: 'bye',
    };
    expect(codes({ hello: collect })).toEqual(['error hello range']);
    const hours = { kind: 'hours', whenOpen: 'bye', whenClosed: 'bye' };
    const open = [{ days: ['mon'], from: '18:00', to: '02:00' }];
    expect(codes({ hello: { ...hours, timezone: 'Mars/Olympus', open } })).toEqual([
      'error hello hours',
      'error hello hours',
    ]);
  });
});

describe('edgesOf', () => {
  it('names the field of each way', () => {
    const hours = { kind: 'hours', timezone: 'UTC', open: [], whenOpen: 'a', whenClosed: 'b' } as const;
    expect(edgesOf({ ...hours, open: [] })).toEqual([
      { field: 'whenOpen', to: 'a' },
      { field: 'whenClosed', to: 'b' },
    ]);
  });
});
