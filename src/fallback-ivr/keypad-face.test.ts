import { expect, test } from 'vitest';
import type { Expectation } from '../flow/expectation.js';
import type { Entity, FormNode } from '../flow/schema.js';
import { KeyCollector } from './key-collector.js';
import { keypadAnswer, keypadQuestion } from './keypad-face.js';
import { keypadStart } from './keypad-question.js';

test.each<Entity>([
  { type: 'list', values: ['small', 'large'] },
  { type: 'compound', parts: [{ values: ['milk', 'cream'], ask: 'Which milk?' }] },
  { type: 'digits', min: 4, max: 6 },
  { type: 'number', min: 1, max: 20 },
  { type: 'yesno' },
  { type: 'date' },
  { type: 'time' },
  { type: 'amount', max: 100 },
  { type: 'code', pattern: 'AA999' },
])('an optional $type is offered to be skipped, and pound skips it', (entity) => {
  const slot = { name: 'it', label: 'it', ask: 'Which?', entity };
  const form: FormNode = { kind: 'form', prompt: '?', slots: [slot], examples: [], confirmPrompt: '?', next: 'bye' };
  const expectation: Expectation = { kind: 'slots', intent: 'form', form, asked: undefined };
  const { prompt, spec } = keypadQuestion(expectation, keypadStart);
  expect(prompt).toContain('To skip this, press pound.');
  const event = new KeyCollector(spec).press('#');
  expect(event).toEqual({ type: 'pound' });
  expect(keypadAnswer(expectation, keypadStart, { type: 'pound' })).toEqual({
    type: 'meaning',
    meaning: { intent: 'form', slots: {} },
  });
});
