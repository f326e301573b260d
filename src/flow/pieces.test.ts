import { expect, test } from 'vitest';
import { fixedPieces, pieces } from './pieces.js';

test('fixed clauses at the beginning are pieces of their own, the rest is one', () => {
  const template = 'Great, thank you. A [{size}] {drink}[, {milk}]. Right?';
  expect(pieces(template, { drink: 'latte', milk: 'cream' })).toEqual([
    'Great,',
    'thank you.',
    'A latte, cream. Right?',
  ]);
  expect(fixedPieces(template)).toEqual(['Great,', 'thank you.']);
});

test('a prompt without variables is one piece, whatever its commas', () => {
  expect(pieces('Well, hello. How can I help?', {})).toEqual(['Well, hello. How can I help?']);
  expect(fixedPieces('Well, hello. How can I help?')).toEqual(['Well, hello. How can I help?']);
});

test('a prompt that begins with a variable has no fixed piece; nothing left says nothing', () => {
  expect(fixedPieces('{drink}, right?')).toEqual([]);
  expect(pieces('[{drink}]', {})).toEqual([]);
});
