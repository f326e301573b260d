import { expect, test } from 'vitest';
import { initialState } from './entering.js';
import { smallFlow } from './testing/small-flow.js';
import { TurnLog, type Cue } from './turn-log.js';
import type { Step } from './state.js';
import type { Flow } from '../flow/schema.js';
import { FakeClock } from '../kernel/fake-clock.js';

const state = initialState(smallFlow);
const step = (say: string[], slots: Record<string, string> = {}): Step => ({
  state,
  say,
  then: { type: 'hangup' },
  outcome: 'keys',
  fallback: undefined,
  meaning: { intent: undefined, slots },
});
const keys: Cue = { input: { type: 'keys', digits: '4711' }, referenceMs: 0, marks: {} };

test('what was keyed at a sensitive node is in no record, then or later, however it is read back', () => {
  const log = new TurnLog('call', smallFlow, new FakeClock());
  const first = log.record(state, true, keys, step(['4 7 1 1. Is that right?'], { pin: '4711' }), {});
  const later = log.record(state, false, { ...keys, input: { type: 'none' } }, step(['Thank you, 4711 it is.']), {});
  expect(JSON.stringify([first, later])).not.toMatch(/4711|4 7 1 1/);
  expect(later.said).toBe('Thank you, [sensitive] it is.');
  expect([first.index, later.index]).toEqual([1, 2]);
});

test('elsewhere the record has what was keyed and said', () => {
  const record = new TurnLog('call', smallFlow, new FakeClock()).record(
    state,
    false,
    keys,
    step(['4 7 1 1?'], { n: '4711' }),
    {},
  );
  expect(record.input).toEqual({ type: 'keys', digits: '4711', meaning: { intent: undefined, slots: { n: '4711' } } });
  expect(record.said).toBe('4 7 1 1?');
});

test('a value that is said otherwise than it is stored, in any language of the flow, is in no record either', () => {
  const flow: Flow = {
    ...smallFlow,
    languages: {
      'de-DE': { drink: { 'slots.drink.values.latte': 'sehr großer Latte', 'slots.size.values.large': 'großer' } },
    },
  };
  const log = new TurnLog('call', flow, new FakeClock());
  const slots = { size: 'large', drink: 'latte' };
  const { said } = log.record(state, true, keys, step(['Ein sehr großer Latte, a latte, ein großer.'], slots), {});
  expect(said).toBe('Ein [sensitive], a [sensitive], ein [sensitive].');
  expect(log.tells(['Ein sehr großer Latte.'])).toBe(true);
});
