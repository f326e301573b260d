import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonMistake } from './json-mistake.js';

describe('findJsonMistake', () => {
  it('finds nothing in whatever JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json(), (text) => findJsonMistake(text) === undefined));
  });

  it('agrees with JSON.parse about what is no JSON', () => {
    const nearlyJson = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '1', ' ', '\n'))
      .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
    fc.assert(fc.property(nearlyJson, (text) => parses(text) === (findJsonMistake(text) === undefined)));
  });

  it.each([
    ['', 1, 1, 'the file ends too early'],
    ['{"a": 1,}', 1, 9, 'expected a name in double quotes'],
    ['{\n  a: 1\n}', 2, 3, 'expected a name in double quotes'],
    ['{"a" 1}', 1, 6, 'expected a colon'],
    ['[1 2]', 1, 4, 'expected a comma or ]'],
    ['{"a": "b}', 1, 7, 'a text without its closing quote, or with a bad escape'],
    ['{} x', 1, 4, 'expected nothing more'],
  ])('%j: line %i, column %i, %s', (text, line, column, problem) => {
    expect(findJsonMistake(text)).toEqual({ line, column, problem });
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
