import { describe, expect, it, test } from 'vitest';
import { initialState } from './entering.js';
import { canResume, placeInDialplan, writable } from './journal.js';
import type { DialogState } from './state.js';
import { smallFlow } from './testing/small-flow.js';
import type { Flow } from '../flow/schema.js';

const flow: Flow = {
  ...smallFlow,
  start: 'welcome',
  nodes: {
    welcome: { kind: 'say', prompt: 'Hello.', next: 'pin' },
    pin: {
      kind: 'collect',
      prompt: 'Your PIN?',
      slot: 'pin',
      entity: { type: 'digits', min: 4, max: 4 },
      sensitive: true,
      next: 'day',
    },
    day: {
      kind: 'collect',
      prompt: 'Which day?',
      slot: 'day',
      entity: { type: 'list', values: ['today'] },
      next: 'bye',
    },
    bye: { kind: 'hangup' },
  },
};

function stateAt(nodeId: string, change: Partial<DialogState> = {}): DialogState {
  return { ...initialState(flow), nodeId, face: 'keypad', ...change };
}

describe('a state as it is written down', () => {
  it('is the state itself where nothing is sensitive', () => {
    const state = stateAt('day', { variables: { size: 'large' }, draft: { day: 'today' } });
    expect(writable(flow, state, true)).toEqual(state);
    expect(JSON.parse(JSON.stringify(writable(flow, state, true)))).toEqual(JSON.parse(JSON.stringify(state)));
  });

  it('has nothing that was keyed at a sensitive node, while the call is there', () => {
    const there = stateAt('pin', {
      draft: { pin: '4711' },
      confirming: { intent: undefined, slots: { pin: '4711' } },
      heard: [{ meaning: { intent: undefined, slots: { pin: '4711' } }, probability: 0.6 }],
      denied: [{ intent: undefined, slots: { pin: '4711' } }],
      keypad: { done: [], parts: [], page: 0, slots: { pin: '4711' } },
    });
    const kept = writable(flow, there, true);
    expect(JSON.stringify(kept)).not.toContain('4711');
    expect(kept.nodeId).toBe('pin');
  });

  it('leads back to the sensitive node once the call is past it, with everything else', () => {
    const kept = writable(flow, stateAt('day', { variables: { pin: '4711', size: 'large' } }), true);
    expect(JSON.stringify(kept)).not.toContain('4711');
    expect(kept).toMatchObject({ nodeId: 'pin', variables: { size: 'large' }, face: 'keypad' });
  });

  it('is the place alone when no words are kept', () => {
    const kept = writable(flow, stateAt('day', { variables: { size: 'large' }, draft: { day: 'today' } }), false);
    expect(kept).toEqual({ ...initialState(flow), nodeId: 'day', face: 'keypad' });
  });
});

it('a call is taken up in its own flow only, at a node that is still there', () => {
  const entry = { callId: '1', flowId: flow.id, flowVersion: 1, turns: 0, state: stateAt('day') };
  expect(canResume(flow, entry)).toBe(true);
  expect(canResume(flow, { ...entry, flowId: 'another' })).toBe(false);
  expect(canResume(flow, { ...entry, state: stateAt('gone') })).toBe(false);
});

test('the dialplan is told the node, and the subflows when they change', () => {
  const at = (nodeId: string, returns?: readonly string[]): DialogState => ({
    ...initialState(smallFlow),
    nodeId,
    ...(returns ? { returns } : {}),
  });
  expect(placeInDialplan(at('main'), at('number'))).toEqual([['HANDRAIL_NODE', 'number']]);
  expect(placeInDialplan(at('main'), at('number', ['a', 'b']))).toEqual([
    ['HR_RETURN_1', 'a'],
    ['HR_RETURN_2', 'b'],
    ['HR_DEPTH', '2'],
    ['HANDRAIL_NODE', 'number'],
  ]);
  expect(placeInDialplan(at('number', ['a']), at('main', []))).toEqual([
    ['HR_DEPTH', '0'],
    ['HANDRAIL_NODE', 'main'],
  ]);
  expect(writable(smallFlow, at('number', ['a']), false).returns).toEqual(['a']);
});
