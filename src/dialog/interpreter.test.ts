import { describe, expect, test } from 'vitest';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import type { Circumstances, DialogInput, DialogState, Step } from './state.js';
import { smallFlow } from './testing/small-flow.js';
import { english } from '../flow/words/english.js';
import type { KeyEvent } from '../fallback-ivr/key-collector.js';
import type { Flow, FlowNode, MenuNode, ToolNode } from '../flow/schema.js';

const now: Circumstances = { wallMs: 0, speech: true, languageModel: true };

/** Walks a flow input by input; the last step is what a test looks at. */
class Walk {
  state: DialogState = initialState(smallFlow);
  last: Step;

  constructor(private readonly circumstances: Circumstances = now) {
    this.last = this.do({ type: 'start' });
  }

  do(input: DialogInput): Step {
    this.last = step(smallFlow, this.state, input, this.circumstances);
    this.state = this.last.state;
    return this.last;
  }

  hears(...heard: readonly (readonly [string | undefined, Record<string, string>, number])[]): Step {
    const hypotheses = heard.map(([intent, slots, probability]) => ({ meaning: { intent, slots }, probability }));
    return this.do({ type: 'speech', hypotheses, text: 'words' });
  }

  says(intent: string | undefined, slots: Record<string, string> = {}, probability = 0.95, text = 'words'): Step {
    return this.do({ type: 'speech', hypotheses: [{ meaning: { intent, slots }, probability }], text });
  }

  mumbles(text = 'mumble'): Step {
    return this.do({ type: 'speech', hypotheses: [], text });
  }

  presses(...keys: string[]): Step {
    for (const key of keys) this.do({ type: 'keys', event: keyEvent(key) });
    return this.last;
  }
}

function keyEvent(key: string): KeyEvent {
  if (key === '0') return { type: 'operator' };
  if (key === '*') return { type: 'back' };
  if (key === '#') return { type: 'pound' };
  return key.length > 1 ? { type: 'digits', digits: key } : { type: 'choice', key };
}

describe('speech', () => {
  test('a whole sentence at the menu fills the form behind an option and is read back', () => {
    const w = new Walk();
    w.says('drink', { size: 'large', drink: 'latte' });
    expect(w.last.say).toEqual(['A large latte. Right?']);
    expect(w.last.outcome).toBe('confirm');
    w.says('yes');
    expect(w.last.say[0]).toBe('One latte, thank you.');
    expect(w.state.variables).toEqual({ size: 'large', drink: 'latte' });
    expect(w.last.outcome).toBe('confirmed');
  });

  test('a required slot that is missing is asked for by name, with the rest kept', () => {
    const w = new Walk();
    w.says('drink', { size: 'small' });
    expect(w.last.say).toEqual(['Which drink?']);
    w.says('drink', { drink: 'mocha' });
    expect(w.last.say).toEqual(['A small mocha. Right?']);
  });

  test('a second order in the same call begins empty', () => {
    const w = new Walk();
    w.says('drink', { size: 'large', drink: 'latte', milk: 'cream' });
    w.says('yes');
    w.says('drink', { drink: 'mocha' });
    expect(w.last.say).toEqual(['A mocha. Right?']);
  });

  test('a correction goes over what was read back', () => {
    const w = new Walk();
    w.says('drink', { size: 'small', drink: 'latte' });
    w.says('no', { size: 'large' });
    expect(w.last.say).toEqual(['A large latte. Right?']);
    expect(w.last.outcome).toBe('confirm');
  });

  test('“no” asks again, a second “no” goes to the keypad', () => {
    const w = new Walk();
    w.says('drink', { drink: 'latte' });
    w.says('no');
    expect(w.last.say).toEqual([english.denied, 'What can I get you?']);
    w.says('drink', { drink: 'latte' });
    w.says('no');
    expect(w.last.fallback).toBe('confidence');
    expect(w.state.face).toBe('keypad');
  });

  test('after a “no” the second guess is read back, if it is likely enough; after another the keypad takes over', () => {
    const w = new Walk();
    w.says('code');
    w.hears([undefined, { orderNumber: '4711' }, 0.6], [undefined, { orderNumber: '4117' }, 0.3]);
    expect(w.last.say).toEqual(['4 7 1 1. Is that right?']);
    w.says('no');
    expect(w.last).toMatchObject({ outcome: 'denied', say: [english.denied, '4 1 1 7. Is that right?'] });
    w.says('yes');
    expect(w.last.say).toEqual(['Order 4 1 1 7 is ready.', 'Goodbye.']);
    const v = new Walk();
    v.says('code');
    v.hears([undefined, { orderNumber: '4711' }, 0.6], [undefined, { orderNumber: '4117' }, 0.3]);
    v.says('no');
    v.says('no');
    expect(v.last).toMatchObject({ fallback: 'confidence', state: { face: 'keypad', denied: [{}, {}] } });
  });

  test('the second guess of an order comes with all its values, and can be corrected', () => {
    const w = new Walk();
    w.hears(['drink', { drink: 'latte', size: 'small' }, 0.5], ['drink', { drink: 'mocha', size: 'small' }, 0.4]);
    w.says('no');
    expect(w.last.say).toEqual([english.denied, 'A small mocha. Right?']);
    w.says('no', { size: 'large' });
    expect(w.last.say).toEqual(['A large mocha. Right?']);
    w.says('yes');
    expect(w.state.variables).toEqual({ size: 'large', drink: 'mocha' });
  });

  test('an unlikely second guess is not read back, and what was denied is believed less when it is heard again', () => {
    const w = new Walk();
    w.says('code');
    w.hears([undefined, { orderNumber: '4711' }, 0.6], [undefined, { orderNumber: '4117' }, 0.1]);
    w.says('no');
    expect(w.last.say).toEqual([english.denied, 'Your order number?']);
    w.hears([undefined, { orderNumber: '4711' }, 0.7], [undefined, { orderNumber: '4117' }, 0.2]);
    expect(w.last.say).toEqual(['4 1 1 7. Is that right?']);
    const v = new Walk();
    v.says('code');
    v.hears([undefined, { orderNumber: '4711' }, 0.6]);
    v.says('no');
    // Heard beyond doubt, it is what the caller means after all; but it is read back.
    v.hears([undefined, { orderNumber: '4711' }, 0.98]);
    expect(v.last.say).toEqual(['4 7 1 1. Is that right?']);
  });

  test('what was denied at one node is not held against the caller at the next', () => {
    const w = new Walk();
    w.says('code', {}, 0.5);
    w.says('no');
    w.says('code', {}, 0.98);
    expect(w.last.say).toEqual(['Did you mean your order number?']);
    w.says('yes');
    expect(w.state).toMatchObject({ nodeId: 'number', denied: undefined });
  });

  test('between confirm and accept the guess is asked back, below it is not acted on', () => {
    const w = new Walk();
    w.says('code', {}, 0.5);
    expect(w.last.say).toEqual(['Did you mean your order number?']);
    w.says('yes');
    expect(w.state.nodeId).toBe('number');
    const v = new Walk();
    v.says('code', {}, 0.3);
    expect(v.last.outcome).toBe('nomatch');
    expect(v.state.nodeId).toBe('main');
  });

  test('digits below accept are read back one by one', () => {
    const w = new Walk();
    w.says('code');
    w.says(undefined, { orderNumber: '4711' }, 0.6);
    expect(w.last.say).toEqual(['4 7 1 1. Is that right?']);
    w.says('yes');
    expect(w.last.say).toEqual(['Order 4 7 1 1 is ready.', 'Goodbye.']);
    expect(w.last.then).toEqual({ type: 'hangup' });
  });
});

describe('tapering', () => {
  test('no-match: the node’s own words first, then the keypad at the same node', () => {
    const w = new Walk();
    w.mumbles();
    expect(w.last.say).toEqual(['You can order, or ask for our hours.']);
    w.mumbles();
    expect(w.last.fallback).toBe('nomatch');
    expect(w.state).toMatchObject({ nodeId: 'main', face: 'keypad' });
    expect(w.last.say).toContain('For an order, press 1.');
    expect(w.last.say.at(-1)).toBe(english.forOperator);
  });

  test('no-input: twice on the AI face, then keypadTries times by keys, then the giveUp node', () => {
    const w = new Walk();
    w.do({ type: 'noinput' });
    expect(w.last.say).toEqual([english.notHeard, 'How can I help?']);
    w.do({ type: 'noinput' });
    expect(w.state.face).toBe('keypad');
    w.do({ type: 'noinput' });
    expect(w.last.then.type).toBe('listen');
    w.do({ type: 'noinput' });
    expect(w.last.say).toEqual(['Goodbye.']);
    expect(w.last.then).toEqual({ type: 'hangup' });
  });

  test('a caller who fell back for another reason than keys speaks again at the next node', () => {
    const w = new Walk();
    w.do({ type: 'fall', reason: 'deadline' });
    expect(w.last.say[0]).toBe(english.toKeypad);
    w.says('code', {}, 0.9);
    expect(w.state).toMatchObject({ nodeId: 'number', face: 'ai' });
  });

  test('speech beside the keypad counts only beyond doubt', () => {
    const w = new Walk();
    w.do({ type: 'fall', reason: 'engine' });
    w.says('code', {}, 0.6);
    expect(w.last.say).toEqual([]);
    expect(w.state.nodeId).toBe('main');
  });
});

describe('keys', () => {
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
      const dial = (key: string): Step =>
        step(flow, begun.state, { type: 'keys', event: { type: 'choice', key } }, now);
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
});

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
