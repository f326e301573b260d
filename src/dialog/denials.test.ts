import { expect, test } from 'vitest';
import { Walk } from './testing/walk.js';
import { english } from '../flow/words/english.js';

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
