import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Meaning } from '../../flow/expectation.js';
import { compileExpectation } from './compile.js';
import type { CompiledExpectation } from '../ports.js';
import { free, pizzaForm, pizzaMenu, reading, recognition } from './nlu-fixtures.js';

const menu = compileExpectation(pizzaMenu);
const code = compileExpectation({
  kind: 'entity',
  name: 'code',
  entity: { type: 'digits', min: 4, max: 4 },
  examples: ['my code is {code}'],
});
const confirmation = compileExpectation({ kind: 'confirmation', form: { intent: 'pizzaOrder', form: pizzaForm } });
const open = compileExpectation({
  kind: 'open',
  knowledge: [
    { id: 'parking', questions: ['where can I park', 'is there parking'], answer: 'Behind the house.' },
    { id: 'vegan', questions: ['do you have vegan cheese', 'which pizza is vegan'], answer: 'Yes.' },
  ],
  exits: [{ id: 'done', label: 'that is all', key: '1', phrases: ['no thanks', "that's all"], next: 'end' }],
});

function best(compiled: CompiledExpectation, text: string): Meaning | undefined {
  return compiled.understandText(text).hypotheses[0]?.meaning;
}

function sureness(compiled: CompiledExpectation, text: string): number {
  return compiled.understandText(text).hypotheses[0]?.probability ?? 0;
}

describe('a word that is only alike to one of the grammar', () => {
  it('is taken for it, and believed less', () => {
    const exact = 'a large pepperoni with garlic dip';
    for (const text of ['a large peperoni with garlic dip', 'a large pepperoni with garlick dip']) {
      expect(best(menu, text)).toEqual(best(menu, exact));
      expect(sureness(menu, text)).toBeLessThan(sureness(menu, exact));
      expect(sureness(menu, text)).toBeGreaterThan(0.5);
    }
  });

  it('is another word where it names a person', () => {
    const people = [{ name: 'Karin Hansen', extension: '201' }];
    const called = compileExpectation({ kind: 'person', name: 'who', people, among: undefined });
    expect(sureness(called, 'Karin Hansen')).toBeGreaterThan(0.9);
    expect(sureness(called, 'Karin Hanson')).toBeLessThan(0.8);
  });
});

describe('a polite end', () => {
  const nothingElse = compileExpectation({
    kind: 'choice',
    options: [
      { id: 'order', label: 'an order', key: '1', phrases: ['order something', 'another pizza'], next: 'pizza' },
      { id: 'done', label: 'nothing else', key: '2', phrases: ['no', "that's all", 'nothing else'], next: 'end' },
    ],
    forms: [],
  });

  it.each([
    'No, that is all.',
    "no thanks, that's all",
    'No thank you, nothing else for now.',
    "I think that's all, thank you so much",
    'nope, I guess that is all for today',
  ])('takes “%s” at once', (text) => {
    expect(best(nothingElse, text)?.intent).toBe('done');
    expect(sureness(nothingElse, text)).toBeGreaterThan(0.95);
  });

  it('lets the recogniser write “that is all” after a no', () => {
    const phrases = new Set(nothingElse.grammar?.arcs.map(({ phrase }) => phrase));
    expect([...phrases]).toEqual(expect.arrayContaining(['no thanks', "that's all", 'that is all']));
  });

  it('does not take a no before another wish for the end', () => {
    expect(best(nothingElse, 'no I want to order something')?.intent).toBe('order');
  });
});

describe('a form behind a menu', () => {
  it.each([
    ['a small margherita', { size: 'small', pizza: 'margherita' }],
    ['Could I have a thin crust, 12-inch pepperoni?', { crust: 'thin crust', size: '12 inch', pizza: 'pepperoni' }],
    ['twelve inch quattro formaggi please', { size: '12 inch', pizza: 'four cheese' }],
    [
      'um, a large deep pan pepperoni with garlic dip and double onions',
      { size: 'large', crust: 'deep pan', pizza: 'pepperoni', sauce: 'garlic dip', extra: 'double onions' },
    ],
    ['pepperoni with mushrooms', { pizza: 'pepperoni', extra: 'mushrooms' }],
  ])('takes “%s” whole', (text, slots) => {
    const { hypotheses, complete, openEnd } = menu.understandText(text);
    expect(hypotheses[0]?.meaning).toEqual({ intent: 'pizzaOrder', slots });
    expect(hypotheses[0]?.probability).toBeGreaterThan(0.8);
    expect({ complete, openEnd }).toEqual({ complete: true, openEnd: false });
  });

  it('reads slots in an order that no example has', () => {
    expect(best(menu, 'margherita, large, hot sauce')?.slots).toEqual({
      pizza: 'margherita',
      size: 'large',
      sauce: 'hot sauce',
    });
  });

  it('is not complete while a required slot is missing', () => {
    expect(menu.understandText('a large one')).toMatchObject({ complete: false, openEnd: false });
  });

  it.each(['a large pepperoni with', 'can I get', "I'd like a small margherita with olives and"])(
    'knows that “%s” goes on',
    (text) => {
      expect(menu.understandText(text)).toMatchObject({ complete: false, openEnd: true });
    },
  );

  it.each([
    ['a large pepperoni', true],
    ['a large pepperoni with olives', true],
    ['a pepperoni with olives and hot sauce', false],
    ['a large thin crust pepperoni with hot sauce and some olives', false],
    ['order a pizza', true],
    ['what is your address', false],
  ])('after “%s” more may come: %s', (text, mayGoOn) => {
    expect(menu.understandText(text)).toMatchObject({ complete: true, mayGoOn });
  });

  it.each([
    ['no', true],
    ["no that's all", false],
    ['nothing else', false],
  ])('“%s” may go on: %s', (text, mayGoOn) => {
    const phrases = ['no', "no that's all", 'nothing else'];
    const goodbye = compileExpectation({
      kind: 'choice',
      options: [{ id: 'done', label: 'nothing else', key: '1', phrases, next: 'end' }],
      forms: [],
    });
    expect(goodbye.understandText(text)).toMatchObject({ complete: true, mayGoOn });
  });

  it('gives a breath to “no …” when it sounds as much like “nope”', async () => {
    const options = [
      { id: 'done', label: 'nothing else', key: '1', phrases: ['no', 'nope', "no that's all"], next: 'end' },
    ];
    const goodbye = compileExpectation({ kind: 'choice', options, forms: [] });
    expect(await goodbye.understand(recognition([reading('nope', 0.55), reading('no', 0.4)]))).toMatchObject({
      complete: true,
      mayGoOn: true,
    });
    expect(await goodbye.understand(recognition([reading('nope', 0.9), reading('no', 0.05)]))).toMatchObject({
      complete: true,
      mayGoOn: false,
    });
  });

  it('takes a mere opening for nothing yet', () => {
    expect(menu.understandText('can I get a').hypotheses).toEqual([]);
  });

  it('knows an opening of the form’s own with and without “me”', () => {
    const form = { ...pizzaForm, examples: [...pizzaForm.examples, 'bake me a {size} {pizza}'] };
    const order = compileExpectation({ kind: 'slots', intent: 'pizzaOrder', form, asked: undefined });
    const phrases = new Set(order.grammar.arcs.map((arc) => arc.phrase));
    expect(phrases.has('bake me') && phrases.has('bake')).toBe(true);
    expect(sureness(order, 'bake a small margherita')).toBe(1);
  });

  it('keeps what was said last when a slot is said twice', () => {
    expect(best(menu, 'a small, uh, large margherita')?.slots).toEqual({ size: 'large', pizza: 'margherita' });
  });
});

describe('options', () => {
  it.each([
    ['place an order', 'order'],
    ["I'd like to talk to a person, please", 'person'],
    ['uh what is your address', 'where'],
    ['how can I find you guys', 'where'],
  ])('takes “%s” as %s', (text, intent) => {
    expect(best(menu, text)).toEqual({ intent, slots: {} });
  });

  it.each(['is it going to rain tomorrow', 'my dog ate my homework', 'forty two', ''])(
    'is not sure of “%s”, which belongs to none',
    (text) => {
      expect(sureness(menu, text)).toBeLessThan(0.35);
    },
  );
});

describe('digits', () => {
  it.each([
    ['1234', '1234'],
    ['1-2-3-4.', '1234'],
    ['five oh double seven', '5077'],
    ['triple 9 zero', '9990'],
    ['my code is twelve thirty-four', '1234'],
    ["it's 4, 3, 2, 1", '4321'],
  ])('reads %s', (text, value) => {
    expect(code.understandText(text)).toMatchObject({
      complete: true,
      hypotheses: [{ meaning: { slots: { code: value } } }],
    });
  });

  it('waits for the digits that are missing, and gives no half number', () => {
    expect(code.understandText('one two three')).toMatchObject({ complete: false, openEnd: true, hypotheses: [] });
  });

  it('takes no number that has a digit too many', () => {
    expect(code.understandText('one two three four five').hypotheses).toEqual([]);
  });

  it('adds up spellings of one number', async () => {
    const { hypotheses } = await code.understand(
      recognition([reading('one two three four', 0.5), reading('1 2 3 4', 0.4)]),
    );
    expect(hypotheses).toHaveLength(1);
    expect(hypotheses[0]?.probability).toBeCloseTo(0.9);
  });
});

describe('confirmation', () => {
  it.each(['yes', 'Yeah, that’s right.', 'correct', 'sure, yes please'])('“%s” is yes', (text) => {
    expect(best(confirmation, text)).toEqual({ intent: 'yes', slots: {} });
  });

  it.each(['no', 'nope', 'that is not right', "no, that's wrong"])('“%s” is no', (text) => {
    expect(confirmation.understandText(text)).toMatchObject({
      hypotheses: [{ meaning: { intent: 'no', slots: {} } }],
      complete: false,
    });
  });

  it.each([
    ['no, make it a large one', { size: 'large' }],
    ['no, I said pepperoni', { pizza: 'pepperoni' }],
    ['actually with double olives', { extra: 'double olives' }],
    ['yes, but with hot sauce', { sauce: 'hot sauce' }],
  ])('“%s” corrects', (text, slots) => {
    expect(confirmation.understandText(text)).toMatchObject({
      hypotheses: [{ meaning: { intent: 'no', slots } }],
      complete: true,
    });
  });

  it('is no yes when it only begins like one', () => {
    expect(sureness(confirmation, 'yes I wonder whether elephants can fly')).toBeLessThan(0.35);
  });
});

describe('open questions', () => {
  it.each([
    ['is there somewhere to park', { intent: 'question', slots: {}, answerId: 'parking' }],
    ['have you got vegan cheese', { intent: 'question', slots: {}, answerId: 'vegan' }],
    ["no that's all", { intent: 'done', slots: {} }],
  ])('answers “%s”', (text, meaning) => {
    expect(best(open, text)).toEqual(meaning);
  });

  it('does not answer what nobody wrote an answer to', () => {
    expect(sureness(open, 'who won the match yesterday')).toBeLessThan(0.35);
  });

  it('are told from others: anything may be asked there', () => {
    const text = 'who won the match yesterday';
    expect([open, menu, code, confirmation].map((compiled) => compiled.understandText(text).openTopic)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('numbers and yes or no', () => {
  it.each([
    ['twenty five', '25'],
    ['a hundred and ten', undefined],
    ['one hundred and ten', '110'],
    ['3', '3'],
  ])('reads %s', (text, value) => {
    const number = compileExpectation({
      kind: 'entity',
      name: 'guests',
      entity: { type: 'number', min: 1, max: 120 },
      examples: [],
    });
    expect(best(number, text)?.slots['guests']).toBe(value);
  });

  it('reads a yes-or-no value', () => {
    const yesNo = compileExpectation({ kind: 'entity', name: 'ok', entity: { type: 'yesno' }, examples: [] });
    expect(best(yesNo, 'no thank you')?.slots).toEqual({ ok: 'no' });
  });
});

describe('recognition', () => {
  it('gives what the free rival takes to the meaning of the free text', async () => {
    const { hypotheses, text } = await menu.understand(
      recognition([reading('the manager', 0.2)], { free: free('How do I find you?') }),
    );
    expect(hypotheses[0]?.meaning.intent).toBe('where');
    expect(hypotheses[0]?.probability).toBeGreaterThan(0.7);
    expect(text.reveal()).toBe('How do I find you?');
  });

  it('takes free words that are explained in part for the sentence of the grammar that says something more', async () => {
    const heard = free('A large sin crest pepperoni with olives.');
    const whole = { size: 'large', crust: 'thin crust', pizza: 'pepperoni', extra: 'olives' };
    const part = { size: 'large', pizza: 'pepperoni', extra: 'olives' };
    const slotsOf = async (text: string, posterior: number) =>
      (await menu.understand(recognition([reading(text, posterior)], { free: heard }))).hypotheses[0]?.meaning.slots;
    expect(await slotsOf('a large thin crust pepperoni with olives', 0.1)).toEqual(whole);
    // What the grammar hardly believes in, or what contradicts, was not hidden there.
    for (const posterior of [0.005, 0.04])
      expect(await slotsOf('a large thin crust pepperoni with olives', posterior)).toEqual(part);
    expect(await slotsOf('a small thin crust pepperoni with olives', 0.1)).toEqual(part);
  });

  it('is unsure when the free rival heard something else', async () => {
    const { hypotheses } = await menu.understand(
      recognition([reading('the manager', 0.2)], { free: free('The damage was enormous.') }),
    );
    expect(hypotheses[0]?.probability).toBeLessThan(0.35);
  });

  it('does not believe a decoder that ran away, nor noise', async () => {
    const runaway = { ...free('human'), runaway: true };
    expect((await menu.understand(recognition([], { free: runaway }))).hypotheses).toEqual([]);
    const noise = await menu.understand(recognition([reading('human', 0.9)], { noSpeechProb: 0.95 }));
    expect(noise.hypotheses[0]?.probability).toBeLessThan(0.2);
  });

  it('never prints what was said', () => {
    expect(JSON.stringify(menu.understandText('a large margherita').text)).toBe('"[sensitive]"');
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    'a',
    'large',
    'pepperoni',
    'with',
    'no',
    'one',
    '7',
    'double',
    'the',
    'manager',
    '…',
    'é',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  );

  it.each([
    ['menu', menu],
    ['digits', code],
    ['confirmation', confirmation],
    ['open', open],
  ])('gives probabilities, never an exception (%s)', (_name, compiled) => {
    fc.assert(
      fc.property(text, (said) => {
        const { hypotheses } = compiled.understandText(said);
        const sum = hypotheses.reduce((total, hypothesis) => total + hypothesis.probability, 0);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(hypotheses.every(({ probability }) => probability > 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('grammar', () => {
  it('has the same id for the same content only', () => {
    expect(compileExpectation(structuredClone(pizzaMenu)).grammar.id).toBe(menu.grammar.id);
    expect(code.grammar.id).not.toBe(menu.grammar.id);
  });

  it('finds each name of a directory of 2,000', () => {
    const values = Array.from({ length: 2000 }, (_, index) => `first${String(index % 50)} last${String(index)}x`);
    const directory = compileExpectation({
      kind: 'entity',
      name: 'who',
      entity: { type: 'list', values },
      examples: [],
    });
    expect(best(directory, values[1234] ?? '')?.slots).toEqual({ who: values[1234] });
  });
});

describe('a question for digits alone', () => {
  it('tells the recogniser how many', () => {
    expect(code.grammar?.digits).toEqual({ min: 4, max: 4 });
    expect(menu.grammar?.digits).toBeUndefined();
  });
});
