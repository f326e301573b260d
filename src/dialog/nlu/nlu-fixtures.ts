import type { Expectation } from '../../flow/expectation.js';
import type { FormNode } from '../../flow/schema.js';
import { sensitive } from '../../kernel/sensitive.js';
import type { FreeTranscript, GrammarReading, Recognition } from '../../local-models/ports.js';

/** A pizza order: another trade than the demonstration flow’s, so that nothing is fitted to that. */
export const pizzaForm: FormNode = {
  kind: 'form',
  prompt: 'What would you like?',
  slots: [
    {
      name: 'size',
      ask: 'Which size?',
      label: 'size',
      entity: { type: 'list', values: ['small', 'large', '12 inch'] },
    },
    {
      name: 'crust',
      ask: 'Which crust?',
      label: 'crust',
      entity: { type: 'list', values: ['thin crust', 'deep pan'] },
    },
    {
      name: 'pizza',
      ask: 'Which pizza?',
      label: 'pizza',
      required: true,
      entity: {
        type: 'list',
        values: ['margherita', { value: 'four cheese', say: ['quattro formaggi'] }, 'pepperoni'],
      },
    },
    {
      name: 'extra',
      ask: 'Which extra?',
      label: 'extra',
      entity: {
        type: 'compound',
        parts: [{ optional: true, values: ['some', 'double'] }, { values: ['olives', 'mushrooms', 'onions'] }],
      },
    },
    { name: 'sauce', ask: 'Which dip?', label: 'dip', entity: { type: 'list', values: ['garlic dip', 'hot sauce'] } },
  ],
  examples: [
    "I'd like a {size} {crust} {pizza} with {extra} and {sauce}",
    'a {crust} {size} {pizza} please',
    'can I get a {pizza} with {sauce} and {extra}',
  ],
  confirmPrompt: '[{size} ]{pizza}. Right?',
  next: 'done',
};

export const pizzaMenu: Extract<Expectation, { kind: 'choice' }> = {
  kind: 'choice',
  options: [
    { id: 'order', label: 'ordering', key: '1', phrases: ['order', 'place an order', 'order a pizza'], next: 'pizza' },
    {
      id: 'where',
      label: 'the way to us',
      key: '2',
      phrases: ['where are you', 'what is your address', 'how do I find you', 'directions'],
      next: 'where',
    },
    {
      id: 'person',
      label: 'a person',
      key: '3',
      phrases: ['talk to a person', 'human', 'the manager'],
      next: 'person',
    },
  ],
  forms: [{ optionId: 'order', intent: 'pizzaOrder', form: pizzaForm }],
};

export function reading(text: string, posterior: number): GrammarReading {
  return { text: sensitive(text), logProb: -1, tokens: 5, posterior };
}

export function free(text: string, meanLogProb = -0.2): FreeTranscript {
  return { text: sensitive(text), logProb: meanLogProb * 10, tokens: 10, runaway: false };
}

export function recognition(
  readings: readonly GrammarReading[],
  rest: { readonly free?: FreeTranscript; readonly noSpeechProb?: number } = {},
): Recognition {
  const timings = { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: 0, totalMs: 0 };
  return { readings, free: rest.free, noSpeechProb: rest.noSpeechProb ?? 0, timings };
}
