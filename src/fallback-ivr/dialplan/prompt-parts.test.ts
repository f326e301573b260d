import { expect, test } from 'vitest';
import { promptParts, templateParts } from './prompt-parts.js';

const text = (words: string) => ({ type: 'text', text: words });
const variable = (name: string) => ({ type: 'variable', name });

test('a prompt without variables is one recording, the controller’s own', () => {
  expect(promptParts('Corner Café, hello! What now?')).toEqual([text('Corner Café, hello! What now?')]);
});

test('fixed clauses are those of the controller, the rest is cut at its variables', () => {
  expect(promptParts('Thank you. Order {number} is being made.')).toEqual([
    text('Thank you.'),
    text('Order'),
    variable('number'),
    text('is being made.'),
  ]);
});

test('a group is left out as a whole, punctuation makes no sound', () => {
  expect(promptParts('One [{size} ]{drink}[ with {milk}][, {sugar}]. Right?')).toEqual([
    text('One'),
    { type: 'group', names: ['size'], parts: [variable('size')] },
    variable('drink'),
    { type: 'group', names: ['milk'], parts: [text('with'), variable('milk')] },
    { type: 'group', names: ['sugar'], parts: [variable('sugar')] },
    text('Right?'),
  ]);
});

test('a template keeps every character, and brackets without variables are none', () => {
  expect(templateParts('a {b}, [c] ')).toEqual([text('a '), variable('b'), text(', '), text('c'), text(' ')]);
});
