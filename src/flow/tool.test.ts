import { describe, expect, test } from 'vitest';
import type { Flow, ToolNode } from './schema.js';
import { toolNumbers, toolRequest, toolResults } from './tool.js';

const node: ToolNode = {
  kind: 'tool',
  url: 'https://shop.example/orders/{orderNumber}?for={who}',
  results: [
    { name: 'state', at: '/order/state', schema: { type: 'string', enum: ['ready', 'on its way'] } },
    { name: 'minutes', at: '/order/minutes', schema: { type: 'integer', minimum: 0 }, optional: true },
    { name: 'first', at: '/items/0', schema: { type: 'string' }, optional: true },
    { name: 'paid', at: '/a~1b', schema: { type: 'boolean' }, optional: true },
  ],
  next: 'a',
  failed: 'b',
};

describe('a request', () => {
  const url = (variables: Record<string, string>) => toolRequest(node, variables)?.url.href;

  test('has its variables escaped', () => {
    expect(url({ orderNumber: '48/../21', who: 'a&b=c d' })).toBe(
      'https://shop.example/orders/48%2F..%2F21?for=a%26b%3Dc%20d',
    );
    expect(url({ orderNumber: '1', who: '\uD800' })).toBe('https://shop.example/orders/1?for=%EF%BF%BD');
  });

  test('is not made when a value of its path is missing, or would be another path', () => {
    expect([url({ who: 'x' }), url({ orderNumber: '..' }), url({ orderNumber: '.' })]).toEqual(
      Array(3).fill(undefined),
    );
    expect(url({ orderNumber: '1' })).toBe('https://shop.example/orders/1?for=');
  });

  test('has a body of texts, but not with GET', () => {
    const body = { order: '{orderNumber}', note: 'by telephone[ for {who}]' };
    expect(toolRequest({ ...node, body }, { orderNumber: '1' })?.body).toBeUndefined();
    expect(toolRequest({ ...node, body, method: 'POST' }, { orderNumber: '1"' })).toMatchObject({
      method: 'POST',
      body: '{"order":"1\\"","note":"by telephone"}',
    });
  });
});

describe('an answer', () => {
  const take = (answer: unknown) => toolResults(node, answer);

  test('gives its declared values as texts, and nothing else', () => {
    const answer = { order: { state: 'ready', minutes: 12, more: 'x' }, items: ['tea'], 'a/b': true };
    expect(take(answer)).toEqual({ state: 'ready', minutes: '12', first: 'tea', paid: 'true' });
    expect(take({ order: { state: 'ready', minutes: null } })).toEqual({ state: 'ready' });
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ready'],
    ['a value that is missing', { order: {} }],
    ['a value of no declared kind', { order: { state: 'lost' } }],
    ['a text for a number', { order: { state: 'ready', minutes: '12' } }],
    ['half a minute', { order: { state: 'ready', minutes: 0.5 } }],
    ['less than the least', { order: { state: 'ready', minutes: -1 } }],
    ['an object for a text', { order: { state: 'ready' }, items: [{}] }],
    ['a text that is too long', { order: { state: 'ready' }, items: ['x'.repeat(301)] }],
    ['a text that cannot be said', { order: { state: 'ready' }, items: ['a\u0000b'] }],
  ])('is refused whole: %s', (_what, answer) => expect(take(answer)).toBeUndefined());

  test('is looked at in its own fields only', () => {
    expect(
      toolResults({ ...node, results: [{ name: 'x', at: '/constructor/name', schema: { type: 'string' } }] }, {}),
    ).toBe(undefined);
  });

  test('is put on one line', () =>
    expect(take({ order: { state: 'ready' }, items: [' two\n lines '] })).toMatchObject({ first: 'two lines' }));
});

test('numbers are known as such', () => {
  expect([...toolNumbers({ nodes: { node } } as unknown as Flow)]).toEqual(['minutes']);
});
