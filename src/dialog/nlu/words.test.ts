import { describe, expect, it } from 'vitest';

import { canonicalWords, numberWords, spellings, writtenWords } from './words.js';

describe('words', () => {
  it('keeps apostrophes in writing and drops punctuation', () => {
    expect(writtenWords("I’d like a 12-inch, that's it!")).toEqual(["i'd", 'like', 'a', '12', 'inch', "that's", 'it']);
  });

  it.each([
    ['8-ounce', ['eight', 'ounce']],
    ['8oz', ['eight', 'ounce']],
    ['25', ['twenty', 'five']],
    ['07', ['zero', 'seven']],
    ['1234', ['one', 'two', 'three', 'four']],
    ["I'd", ['i', 'would']],
    ['I can’t', ['i', 'can', 'not']],
    ["the manager's", ['the', 'managers']],
    ['Café', ['cafe']],
    ['!?', []],
  ])('spells %s in one way', (text, words) => {
    expect(canonicalWords(text)).toEqual(words);
  });

  it.each([
    [0, 'zero'],
    [19, 'nineteen'],
    [40, 'forty'],
    [101, 'one hundred one'],
    [9999, 'nine thousand nine hundred ninety nine'],
  ])('says %i', (value, said) => {
    expect(numberWords(value).join(' ')).toBe(said);
  });

  it('writes number words as numerals and back', () => {
    expect(spellings('eight ounce')).toEqual(['eight ounce', '8 ounce', '8-ounce']);
    expect(spellings('12 inch')).toEqual(['12 inch', 'twelve inch', '12-inch']);
    expect(spellings('house coffee')).toEqual(['house coffee']);
  });

  it('contracts and expands', () => {
    expect(spellings("that's all")).toEqual(["that's all", 'that is all']);
    expect(spellings("what is the matter, don't you know")).toEqual([
      "what is the matter don't you know",
      'what is the matter do not you know',
      "what's the matter don't you know",
    ]);
  });
});
