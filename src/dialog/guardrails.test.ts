import { describe, expect, test } from 'vitest';
import { checkSentence, isSaidByCaller } from './guardrails.js';

const sources = { written: 'Corner Café. The wifi is free. Open from 7 to 19.', caller: 'can Bruno come in at eight' };
const verdict = (sentence: string): string => {
  const v = checkSentence(sentence, sources);
  return v.ok ? 'ok' : v.why;
};

describe('what a language model may say', () => {
  test.each([
    ['Rainy days are a blessing.', 'ok'],
    ['The wifi is free, and Bruno may come in at eight.', 'ok'],
    ['One of our people can help.', 'ok'],
    ['I’m sorry. We open at 7.', 'ok'],
    ['A cup of tea is 20 cents.', 'number'],
    ['It costs twelve dollars.', 'number'],
    ['The founder is Elon Musk.', 'name'],
    ["I'm sorry, I'm sorry, I'm sorry.", 'repetition'],
    ['…', 'empty'],
    ['so '.repeat(3) + 'long '.repeat(80), 'length'],
  ])('%s → %s', (sentence, expected) => expect(verdict(sentence)).toBe(expected));
});

describe('what a language model may send for a caller', () => {
  const caller = 'Where is my order? It is four eight 2-1, for Bruno.';
  test.each([
    ['4821', true],
    ['82', true],
    ['4812', false],
    ['7', false],
    ['Bruno', true],
    ['order for bruno', true],
    ['Bruno Marx', false],
    ['', true],
  ])('%s → %s', (value, said) => expect(isSaidByCaller(value, caller)).toBe(said));
});
