import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import type { FormNode } from '../../flow/schema.js';
import { loadFlow } from '../../flow/load.js';
import { fill, namesIn } from '../../flow/template.js';
import { compileExpectation } from './compile.js';

const flow = await loadFlow(fileURLToPath(new URL('../../../flows/cafe.json', import.meta.url)));
const form = flow.nodes['orderDrink'] as FormNode;
const values: Readonly<Record<string, string>> = {
  size: 'sixteen ounce',
  roast: 'dark roast',
  numberOfShots: 'double shot',
  coffeeDrink: 'iced coffee',
  milkAmount: 'a bit of cream',
  sugarAmount: 'brown sugar',
};

describe('the demonstration flow', () => {
  const order = compileExpectation({ kind: 'slots', intent: 'orderDrink', form, asked: undefined });

  it.each(form.examples)('understands its own example “%s”', (example) => {
    const slots = Object.fromEntries(namesIn(example).map((name) => [name, values[name]]));
    const [first] = order.understandText(fill(example, values)).hypotheses;
    expect(first?.meaning).toEqual({ intent: 'orderDrink', slots });
    expect(first?.probability).toBeGreaterThan(0.9);
  });

  const menu = flow.nodes['main'];
  const options = menu?.kind === 'menu' ? menu.options : [];
  const main = compileExpectation({
    kind: 'choice',
    options,
    forms: [{ optionId: 'order', intent: 'orderDrink', form }],
  });

  it.each(options.flatMap(({ id, phrases }) => phrases.map((phrase) => [phrase, id] as const)))(
    'leads “%s” to %s',
    (phrase, id) => {
      expect(main.understandText(phrase).hypotheses[0]?.meaning.intent).toBe(id);
    },
  );

  it.each([
    ['Hi, can I have a small americano with lots of almond milk?', 'orderDrink'],
    ['when do you close tonight', 'hours'],
    ['I would like to speak to someone', 'person'],
    ['could you check on my order please', 'status'],
  ])('takes “%s” as %s', (text, intent) => {
    expect(main.understandText(text).hypotheses[0]?.meaning.intent).toBe(intent);
  });

  const questions = flow.nodes['questions'];
  const open = compileExpectation({
    kind: 'open',
    knowledge: questions?.kind === 'converse' ? questions.knowledge : [],
    exits: questions?.kind === 'converse' ? questions.exits : [],
  });

  it.each([
    ["what's the wifi password", 'wifi'],
    ['is it okay to bring my dog', 'dogs'],
    ['where can we park', 'parking'],
    ['do you take American Express or other credit cards', 'payment'],
  ])('answers “%s” with %s', (text, answerId) => {
    expect(open.understandText(text).hypotheses[0]?.meaning).toMatchObject({ intent: 'question', answerId });
  });
});
