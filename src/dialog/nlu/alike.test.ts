import { expect, test } from 'vitest';
import { AlikeWords } from './alike.js';

const alike = new AlikeWords(
  new Set(['iced', 'mocha', 'americano', 'cappuccino', 'eight', 'with', 'card', 'no', 'latte']),
);

test('one letter may be wrong in a word, two in a long one', () => {
  expect(alike.of('ice')).toEqual(['iced']);
  expect(alike.of('lattes')).toEqual(['latte']);
  expect(alike.of('cart')).toEqual(['card']);
  expect(alike.of('americana')).toEqual(['americano']);
  expect(alike.of('maricano')).toEqual(['americano']);
  expect(alike.of('capuccinno')).toEqual(['cappuccino']);
  expect(alike.of('mocker')).toEqual([]);
  expect(alike.of('later')).toEqual([]);
});

test('a word of the grammar is itself, and short words, numbers and words without a meaning are no other', () => {
  expect(alike.of('card')).toEqual([]);
  expect(alike.of('nod')).toEqual([]);
  expect(alike.of('eighth')).toEqual([]);
  expect(alike.of('wits')).toEqual([]);
});
