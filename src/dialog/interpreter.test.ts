import { describe, expect, test } from 'vitest';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import type { DialogState, Step } from './state.js';
import { smallFlow } from './testing/small-flow.js';
import { now, Walk } from './testing/walk.js';
import { english } from '../flow/words/english.js';
import type { Flow, FlowNode, ToolNode } from '../flow/schema.js';

describe('converse', () => {
  test('written knowledge answers, the language model what is left, its absence is said', () => {
    const w = new Walk();
    w.says('ask');
    w.do({
      type: 'speech',
      hypotheses: [{ meaning: { intent: 'question', slots: {}, answerId: 'wifi' }, probability: 0.6 }],
      text: 'wifi',
    });
    expect(w.last.say).toEqual(['Yes, and it is free.', english.anythingElse]);
    w.mumbles('who owns the place');
    expect(w.last.then).toMatchObject({ type: 'converse', question: 'who owns the place' });
    w.do({ type: 'spoken', ok: false });
    expect(w.last.say).toEqual([english.unknown, english.anythingElse]);
    const v = new Walk({ ...now, languageModel: false });
    v.says('ask');
    v.mumbles('who owns the place');
    expect(v.last.outcome).toBe('nomatch');
  });

  test('an exit leaves', () => {
    const w = new Walk();
    w.says('ask');
    w.says('back');
    expect(w.state.nodeId).toBe('main');
  });
});

test('nobody answers a transfer: the failed branch takes a message', () => {
  const w = new Walk();
  w.presses('0');
  w.do({ type: 'done', ok: false });
  expect(w.last.then).toMatchObject({ type: 'voicemail' });
  w.do({ type: 'done', ok: true });
  expect(w.last.then).toEqual({ type: 'hangup' });
});

describe('a call that is taken up at a web service', () => {
  const resumed = (service: Partial<ToolNode>): Step => {
    const look: FlowNode = {
      kind: 'tool',
      ...service,
      results: [],
      next: 'main',
      failed: 'bye',
    };
    const flow: Flow = { ...smallFlow, nodes: { ...smallFlow.nodes, look } };
    return step(flow, { ...initialState(flow), nodeId: 'look' }, { type: 'resume' }, now);
  };

  test('asks again what changes nothing, and nothing else', () => {
    const url = 'http://shop.example/';
    expect(resumed({ url }).then).toMatchObject({ type: 'tool', nodeId: 'look' });
    for (const changing of [{ url, method: 'POST' }, { mcp: { server: 'shop', tool: 'cancelOrder' } }] as const)
      expect(resumed(changing)).toMatchObject({ state: { nodeId: 'bye' }, then: { type: 'hangup' } });
  });
});

describe('a subflow', () => {
  const nodes: Record<string, FlowNode> = {
    first: { kind: 'subflow', start: 'hello', arguments: { who: 'first' }, next: 'second' },
    second: { kind: 'subflow', start: 'hello', arguments: { who: 'second of {who}' }, next: 'bye' },
    hello: { kind: 'say', prompt: 'Hello, {who}.', next: 'back' },
    back: { kind: 'return' },
    bye: { kind: 'hangup', prompt: 'Bye.' },
    endless: { kind: 'subflow', start: 'endless', next: 'bye' },
  };
  const from = (start: string, state: Partial<DialogState> = {}): Step => {
    const flow: Flow = { ...smallFlow, start, nodes: { ...smallFlow.nodes, ...nodes } };
    return step(flow, { ...initialState(flow), ...state, nodeId: start }, { type: 'resume' }, now);
  };

  test('returns to where it was begun, with its arguments, from each place anew', () => {
    const { say, state, then } = from('first');
    expect(say.slice(1).join(' ')).toBe('Hello, first. Hello, second of first. Bye.');
    expect([then.type, state.returns]).toEqual(['hangup', []]);
  });

  test('that was begun by nobody, or by a node that is gone, leads to giveUp', () => {
    expect(from('back').state).toMatchObject({ nodeId: 'bye', returns: [] });
    expect(from('back', { returns: ['first', 'gone'] }).state).toMatchObject({ nodeId: 'bye', returns: ['first'] });
    expect(from('back', { returns: ['second'] }).say.slice(1)).toEqual(['Bye.']);
  });

  test('in itself ends at giveUp', () => expect(from('endless').state).toMatchObject({ nodeId: 'bye', returns: [] }));
});
