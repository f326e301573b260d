import { expect, test } from 'vitest';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import type { DialogInput, Step } from './state.js';
import { smallFlow } from './testing/small-flow.js';
import { now, Walk } from './testing/walk.js';
import { english } from '../flow/words/english.js';
import type { Flow, FlowNode, MenuNode } from '../flow/schema.js';

test('a number that may be dialled leads where the flow says, on both faces; no other does', () => {
  const main = smallFlow.nodes['main'] as MenuNode;
  const flow = {
    ...smallFlow,
    nodes: { ...smallFlow.nodes, main: { ...main, directDial: [{ number: '201', next: 'number' }] } },
  };
  for (const speech of [true, false]) {
    const begun = step(flow, initialState(flow), { type: 'start' }, { ...now, speech });
    expect(begun.then).toMatchObject({ keys: { numbers: new Set(['201']) } });
    expect(begun.say.some((text) => text.includes('dial'))).toBe(!speech);
    const dial = (key: string): Step => step(flow, begun.state, { type: 'keys', event: { type: 'choice', key } }, now);
    expect(dial('201')).toMatchObject({ state: { nodeId: 'number' }, meaning: { intent: '201' } });
    expect(dial('202').state.nodeId).toBe('main');
  }
});

test('an order by keys alone, the list of the form slot after slot', () => {
  const w = new Walk();
  w.presses('1');
  expect(w.state).toMatchObject({ nodeId: 'drink', face: 'keypad' });
  expect(w.last.say).toEqual(['Which drink?', 'For latte, press 1.', 'For mocha, press 2.']);
  w.presses('2');
  expect(w.last.say).toEqual([
    'Which size?',
    'For small, press 1.',
    'For large, press 2.',
    'To skip this, press pound.',
  ]);
  w.presses('#');
  expect(w.last.say).toEqual([
    'Which milk?',
    'For milk, press 1.',
    'For cream, press 2.',
    'To skip this, press pound.',
  ]);
  w.presses('2');
  expect(w.last.say).toContain('How much?');
  w.presses('2');
  expect(w.last.say[0]).toBe('A mocha with a lot of cream. Right?');
  expect(w.last.outcome).toBe('keys');
  w.presses('1');
  expect(w.state.variables).toEqual({ drink: 'mocha', milk: 'a lot of cream' });
});

test('falling back in a form keeps what was understood', () => {
  const w = new Walk();
  w.says('drink', { size: 'large' });
  w.do({ type: 'fall', reason: 'engine' });
  w.presses('1');
  expect(w.last.say[0]).toBe('Which milk?');
  w.presses('#');
  expect(w.last.say[0]).toBe('A large latte. Right?');
});

test('a recogniser that fails beside the keypad takes nothing back that was keyed', () => {
  const w = new Walk();
  w.presses('1');
  w.do({ type: 'fall', reason: 'engine' });
  w.presses('1');
  const { keypad } = w.state;
  expect(keypad.done).not.toEqual([]);
  w.do({ type: 'fall', reason: 'deadline' });
  expect([w.last.say, w.state.keypad]).toEqual([[], keypad]);
});

test('a key at a spoken form asks for the keypad, it does not choose the first value', () => {
  const w = new Walk();
  w.says('order');
  expect(w.state.face).toBe('ai');
  w.presses('1');
  expect(w.last.fallback).toBe('caller');
  expect(w.last.say).toContain('For latte, press 1.');
  expect(w.state.draft).toEqual({});
});

test('0 reaches a person from every listening node, * goes a step back', () => {
  for (const keys of [['0'], ['1', '0'], ['3', '0']]) {
    const w = new Walk();
    w.presses(...keys);
    expect(w.last.then).toMatchObject({ type: 'transfer', to: '300' });
  }
  const w = new Walk();
  w.presses('1', '2', '*');
  expect(w.last.say[0]).toBe('Which drink?');
});

test('* where a whole order is read back asks for all of it again', () => {
  const w = new Walk();
  w.presses('1', '2', '1', '1', '1');
  expect(w.last.say[0]).toBe('A small mocha with some milk. Right?');
  w.presses('*');
  expect(w.last.say[0]).toBe('Which drink?');
  expect(w.state.draft).toEqual({});
});

test('keys without meaning are told, and after keypadTries the flow gives up', () => {
  const w = new Walk();
  w.do({ type: 'keys', event: { type: 'invalid' } });
  expect(w.last.say[0]).toBe(english.invalidKey);
  w.do({ type: 'keys', event: { type: 'invalid' } });
  expect(w.last.then).toEqual({ type: 'hangup' });
});

test('wrong keys and missing keys are counted apart, and the node has its own words for each', () => {
  const own = { wrongKey: 'Not that one.', noKey: 'Press a key.' };
  const flow: Flow = {
    ...smallFlow,
    nodes: { ...smallFlow.nodes, main: { ...smallFlow.nodes['main'], ...own } as FlowNode },
  };
  let state = initialState(flow);
  const walked = (['invalid', 'none', 'invalid'] as const).map((what) => {
    const input: DialogInput = what === 'none' ? { type: 'noinput' } : { type: 'keys', event: { type: 'invalid' } };
    const next = step(flow, state, input, now);
    state = next.state;
    return next;
  });
  expect(walked.map(({ say }) => say[0])).toEqual(['Not that one.', 'Press a key.', 'Goodbye.']);
  expect(walked.map(({ fallback }) => fallback)).toEqual([undefined, undefined, 'nomatch']);
});

test('without speech recognition the call begins on the keypad', () => {
  const w = new Walk({ ...now, speech: false });
  expect(w.last.say[0]).toBe('For an order, press 1.');
});
