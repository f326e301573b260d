import { describe, expect, test } from 'vitest';
import { typedArguments } from './arguments.js';

const schema = {
  type: 'object',
  properties: {
    number: { type: 'string', pattern: '^[0-9]{4}$' },
    size: { type: ['integer', 'null'] },
    price: { type: 'number' },
    toGo: { type: 'boolean' },
    code: { type: ['string', 'integer'] },
  },
  required: ['number'],
  additionalProperties: false,
};

describe('arguments of an MCP tool', () => {
  test('get the types of its schema', () => {
    const texts = { number: '0420', size: '3', price: '-2.50', toGo: 'true', code: '7' };
    expect(typedArguments(schema, texts)).toEqual({ number: '0420', size: 3, price: -2.5, toGo: true, code: '7' });
  });

  test.each([
    ['one is missing', {}],
    ['one is not as its pattern', { number: '42' }],
    ['no whole number', { number: '0420', size: '2.5' }],
    ['no number at all', { number: '0420', price: '1e9' }],
    ['neither true nor false', { number: '0420', toGo: 'yes' }],
    ['a strange one', { number: '0420', constructor: 'x' }],
  ])('are refused: %s', (_what, texts) => expect(typedArguments(schema, texts)).toBeUndefined());

  test.each([
    ['no schema', 'x'],
    ['a pattern that is none', { type: 'object', properties: { number: { type: 'string', pattern: '(' } } }],
    ['a schema that is itself', { $ref: '#' }],
  ])('are refused for %s', (_what, odd) => expect(typedArguments(odd, { number: '1' })).toBeUndefined());
});
