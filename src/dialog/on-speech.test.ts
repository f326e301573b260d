import { describe, expect, test } from 'vitest';
import { Walk } from './testing/walk.js';
import { english } from '../flow/words/english.js';

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
