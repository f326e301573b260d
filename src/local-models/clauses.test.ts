import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitClauses } from './clauses.js';

const texts = (text: string, how?: 'sentences'): string[] => splitClauses(text, how).map((clause) => clause.text);

describe('splitClauses', () => {
  test('the first clause is short, later ones are whole', () => {
    expect(texts('So that is a large latte with oat milk and two shots, is that right?')).toEqual([
      'So that is a large latte',
      'with oat milk and two shots,',
      'is that right?',
    ]);
    expect(texts('We are open, as always, from seven to six. Come by, please.')).toEqual([
      'We are open,',
      'as always, from seven to six.',
      'Come by, please.',
    ]);
  });

  test('pauses are longer after sentences', () => {
    expect(splitClauses('Okay, one moment please. Thanks.').map((clause) => clause.pauseMs)).toEqual([60, 150, 150]);
  });

  test('prompts are cut at sentences only', () => {
    expect(texts('For billing, press 1. For a person, press 0.', 'sentences')).toEqual([
      'For billing, press 1.',
      'For a person, press 0.',
    ]);
  });

  test('numbers and abbreviations inside words are no borders', () => {
    expect(texts('It is 3.5 or 1,250 now.')).toEqual(['It is 3.5 or 1,250 now.']);
  });

  test('what has no sound is no clause', () => {
    expect(texts(' ... !? ')).toEqual([]);
  });

  test('no word is lost, and none of the pieces is endless', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('tea', 'and', 'with', 'two,', 'so;', 'yes.', 'no?'), { maxLength: 120 }),
        (words) => {
          expect(texts(words.join(' ')).join(' ')).toBe(words.join(' '));
          for (const text of texts(words.join(' '))) expect(text.split(' ').length).toBeLessThanOrEqual(30);
        },
      ),
    );
  });
});
