import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedPrompts } from './fixed-prompts.js';
import { initialState } from './entering.js';
import { step } from './interpreter.js';
import type { DialogInput } from './state.js';
import { smallFlow } from './testing/small-flow.js';
import type { KeyEvent } from '../fallback-ivr/key-collector.js';

const key = fc.constantFrom<KeyEvent>(
  ...['1', '2', '3', '4'].map((k): KeyEvent => ({ type: 'choice', key: k })),
  { type: 'pound' },
  { type: 'back' },
  { type: 'operator' },
  { type: 'invalid' },
  { type: 'digits', digits: '4711' },
);
const meaning = fc.constantFrom(
  { intent: 'order', slots: {} },
  { intent: 'code', slots: {} },
  { intent: 'ask', slots: {} },
  { intent: 'drink', slots: { size: 'small' } },
  { intent: 'drink', slots: { drink: 'latte' } },
  { intent: undefined, slots: { orderNumber: '4711' } },
  { intent: 'question', slots: {}, answerId: 'wifi' },
  { intent: 'yes', slots: {} },
  { intent: 'no', slots: {} },
  { intent: 'back', slots: {} },
);
const input: fc.Arbitrary<DialogInput> = fc.oneof(
  key.map((event): DialogInput => ({ type: 'keys', event })),
  fc
    .tuple(meaning, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([m, p]): DialogInput => ({ type: 'speech', hypotheses: [{ meaning: m, probability: p }], text: 'x' })),
  fc.constantFrom<DialogInput>(
    { type: 'noinput' },
    { type: 'fall', reason: 'deadline' },
    { type: 'done', ok: true },
    { type: 'done', ok: false },
    { type: 'spoken', ok: true },
    { type: 'spoken', ok: false },
  ),
);

/** Texts of the small flow that carry a variable. */
const variable = [/^A .* Right\?$/, /Is that right\?$/, /^One .*thank you/, /^Order .* is ready/];

test('whatever a caller does, everything said without variables was rendered before', () => {
  const rendered = new Set(fixedPrompts(smallFlow));
  fc.assert(
    fc.property(fc.array(input, { maxLength: 25 }), (inputs) => {
      const now = { wallMs: 0, speech: true, languageModel: true };
      let last = step(smallFlow, initialState(smallFlow), { type: 'start' }, now);
      const said = [...last.say];
      for (const next of inputs) {
        if (last.then.type === 'hangup') break;
        last = step(smallFlow, last.state, next, now);
        said.push(...last.say);
        if (last.then.type === 'listen') said.push(...last.then.keypadPrompt);
      }
      for (const text of said) if (!variable.some((v) => v.test(text))) expect(rendered).toContain(text);
    }),
    { numRuns: 500 },
  );
});

test('whatever a caller does, the dialog waits for something or ends', () => {
  fc.assert(
    fc.property(fc.array(input, { maxLength: 40 }), (inputs) => {
      const now = { wallMs: 0, speech: true, languageModel: false };
      let last = step(smallFlow, initialState(smallFlow), { type: 'start' }, now);
      for (const next of inputs) {
        if (last.then.type === 'listen' && last.then.face === 'keypad') expect(last.then.keys.kind).toBeDefined();
        last = step(smallFlow, last.state, next, now);
        expect(smallFlow.nodes[last.state.nodeId]).toBeDefined();
      }
    }),
  );
});
