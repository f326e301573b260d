import { describe, expect, it } from 'vitest';

import { fill, isFixed, namesIn } from './template.js';

describe('templates', () => {
  it.each([
    ['Hello.', {}, 'Hello.'],
    ['[{size} ]{drink}[ with {milk}], right?', { drink: 'latte' }, 'latte, right?'],
    [
      '[{size} ]{drink}[ with {milk}], right?',
      { size: 'large', drink: 'latte', milk: 'cream' },
      'large latte with cream, right?',
    ],
    ['[{a} and {b}]', { a: 'one' }, ''],
    ['{unknown} stays away', {}, 'stays away'],
  ])('%s with %j is “%s”', (template, variables, text) => {
    expect(fill(template, variables)).toBe(text);
  });

  it('does not take the caller’s words for a template', () => {
    expect(fill('{a}', { a: '{b}', b: 'no' })).toBe('{b}');
  });

  it('names its variables', () => {
    expect(namesIn('[{size} ]{drink}')).toEqual(['size', 'drink']);
    expect(isFixed('Hello.')).toBe(true);
    expect(isFixed('{a}')).toBe(false);
  });
});
