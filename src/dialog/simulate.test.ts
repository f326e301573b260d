import { expect, test } from 'vitest';
import { compileExpectation } from './nlu/compile.js';
import { simulate, type SimulatedInput } from './simulate.js';
import { smallFlow } from './testing/small-flow.js';
import { CachingUnderstander } from './understander.js';
import type { FlowNode } from '../flow/schema.js';

const world = { nlu: new CachingUnderstander(compileExpectation), nowMs: () => 0 };
const now = { wallMs: 0, speech: true, languageModel: false };
const run = (...inputs: SimulatedInput[]) => simulate(smallFlow, inputs, now, world);

test('by voice: what was understood, with which probability, and where it led', () => {
  const steps = run({ type: 'say', text: 'a large latte' }, { type: 'say', text: 'yes' });
  expect(steps[0]).toMatchObject({ nodeId: 'main', said: ['How can I help?'], then: 'listen', face: 'ai' });
  expect(steps[1]?.understood[0]).toMatchObject({ meaning: { intent: 'drink', slots: { drink: 'latte' } } });
  expect(steps[1]).toMatchObject({ fromNodeId: 'main', nodeId: 'drink', outcome: 'confirm' });
  expect(steps[2]?.variables).toMatchObject({ size: 'large', drink: 'latte' });
});

test('by keys, ahead of the questions too; a short number is ended by a pause', () => {
  const steps = run({ type: 'keys', keys: '24711' });
  expect(steps.map(({ nodeId }) => nodeId)).toEqual(['main', 'number', 'bye']);
  expect(steps.at(-1)).toMatchObject({ then: 'hangup', variables: { orderNumber: '4711' } });
  expect(run({ type: 'keys', keys: '247' }).at(-1)).toMatchObject({ nodeId: 'number', outcome: 'keys' });
});

test('trouble leads to the keypad with its reason, silence to the reprompt, and a person who is not there on', () => {
  expect(run({ type: 'trouble', reason: 'deadline' }).at(-1)).toMatchObject({ face: 'keypad', fallback: 'deadline' });
  expect(run({ type: 'silence' }).at(-1)).toMatchObject({ face: 'ai', outcome: 'noinput' });
  const called = run({ type: 'keys', keys: '0' }, { type: 'done', ok: false });
  expect(called.map(({ then }) => then)).toEqual(['listen', 'transfer', 'voicemail']);
});

test('what nobody asks for ends the simulation', () => {
  expect(run({ type: 'keys', keys: '0' }, { type: 'say', text: 'hello' })).toHaveLength(2);
  expect(run({ type: 'done', ok: true })).toHaveLength(1);
});

test('a web service: what it would be asked, and what its answer does', () => {
  const tool: FlowNode = {
    kind: 'tool',
    url: 'http://shop.example/{orderNumber}',
    results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
    next: 'thanks',
    failed: 'person',
  };
  const flow = {
    ...smallFlow,
    nodes: {
      ...smallFlow.nodes,
      status: tool,
      thanks: { kind: 'say', prompt: 'It is {state}.', next: 'bye' } as const,
    },
  };
  const keys: SimulatedInput = { type: 'keys', keys: '24711' };
  const after = (input: SimulatedInput) => simulate(flow, [keys, input], now, world).slice(2);
  expect(after({ type: 'tool', answer: { state: 'ready' } })).toMatchObject([
    { then: 'tool', asks: { method: 'GET', url: 'http://shop.example/4711', body: undefined } },
    { then: 'hangup', said: ['It is ready.', 'Goodbye.'], asks: undefined },
  ]);
  expect(after({ type: 'tool', answer: { state: 1 } }).at(-1)).toMatchObject({ nodeId: 'person', outcome: 'failed' });
  expect(after({ type: 'done', ok: false }).at(-1)?.nodeId).toBe('person');
  const { url: _url, ...rest } = tool;
  const mcp = { server: 'shop', tool: 'orderState', arguments: { number: '{orderNumber}', note: '{nothing}' } };
  const asking = { ...flow, nodes: { ...flow.nodes, status: { ...rest, mcp } } };
  expect(simulate(asking, [keys], now, world).at(-1)?.asks).toEqual({
    method: 'MCP',
    url: 'shop/orderState',
    body: '{"number":"4711"}',
  });
  expect(after({ type: 'keys', keys: '0' }).at(-1)).toMatchObject({ nodeId: 'person', outcome: 'keys' });
});

test('words that were heard badly, and noise', () => {
  const heard = (sure: number) => run({ type: 'say', text: 'where is my order', sure }).at(-1);
  expect(heard(1)).toMatchObject({ nodeId: 'number', outcome: 'accepted' });
  expect(heard(0.6)).toMatchObject({ nodeId: 'main', outcome: 'confirm' });
  expect(heard(0.2)).toMatchObject({ nodeId: 'main', outcome: 'nomatch' });
  expect(run({ type: 'noise' }).at(-1)).toMatchObject({ nodeId: 'main', outcome: 'nomatch', understood: [] });
});
