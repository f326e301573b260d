import { describe, expect, test } from 'vitest';
import { decisionInstructions, decisionSchema, decides, readDecision } from './model-choice.js';
import { smallFlow } from './testing/small-flow.js';
import type { ConverseNode, ModelTool } from '../flow/schema.js';

const orderState: ModelTool = {
  name: 'orderState',
  description: 'How far an order is.',
  parameters: [
    { name: 'orderNumber', description: 'Four digits', schema: { type: 'string' } },
    { name: 'urgent', description: 'Whether it is urgent', schema: { type: 'boolean' } },
  ],
  url: 'http://shop.example/{orderNumber}',
  results: [],
};
const plain = smallFlow.nodes['talk'] as ConverseNode;
const node: ConverseNode = { ...plain, llm: { instructions: 'Be kind.', tools: [orderState], exits: true } };
const [exit = ''] = node.exits.map(({ id }) => id);

async function* inPieces(text: string, size: number, onEnd: () => void = () => undefined): AsyncGenerator<string> {
  try {
    for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
  } finally {
    onEnd();
  }
}

async function read(text: string, size = 3, of = node) {
  const decision = await readDecision(of, inPieces(text, size));
  if (decision?.type !== 'say') return decision;
  let said = '';
  for await (const piece of decision.text) said += piece;
  return said;
}

describe('what a language model decides', () => {
  test('is asked for where it may do more than talk', () => {
    expect([decides(plain), decides(node), decides({ ...node, llm: { instructions: 'x', exits: true } })]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('has one form for each way', () => {
    expect(decisionSchema(node)).toMatchObject({
      type: 'object',
      required: ['do'],
      additionalProperties: false,
      properties: {
        do: {
          anyOf: [
            { properties: { say: { type: 'string' } }, required: ['say'] },
            {
              properties: { tool: { enum: ['orderState'] }, arguments: { required: ['orderNumber', 'urgent'] } },
              required: ['tool', 'arguments'],
            },
            { properties: { exit: { enum: node.exits.map(({ id }) => id) } } },
          ],
        },
      },
    });
    expect(decisionInstructions(node)).toContain('How far an order is. orderNumber: Four digits.');
  });

  test.each([1, 2, 3, 7, 100])('is read in pieces of %i characters', async (size) => {
    const said = 'He said “yes”, \\"no\\" or \\u00e9\\n\\ud83d\\ude00 \\\\.';
    expect(await read(`{ "do": {"say": "${said}"}}`, size)).toBe('He said “yes”, "no" or é\n😀 \\.');
    const chosen = '{"do":{"tool":"orderState","arguments":{"orderNumber":" 4821 ","urgent":true}}}';
    expect(await read(chosen, size)).toMatchObject({
      type: 'tool',
      tool: { name: 'orderState' },
      arguments: { orderNumber: '4821', urgent: 'true' },
    });
    expect(await read(`{"do":{"exit":"${exit}"}}`, size)).toEqual({ type: 'exit', exit });
  });

  test('is spoken while it comes, and not read on when nobody listens any more', async () => {
    let ended = false;
    const pieces = inPieces(`{"do":{"say":"${'word '.repeat(50)}"}}`, 10, () => (ended = true));
    const decision = await readDecision(node, pieces);
    if (decision?.type !== 'say') throw new Error('it says something');
    for await (const piece of decision.text) {
      expect(piece.length).toBeLessThan(20);
      break;
    }
    expect(ended).toBe(true);
  });

  test('that was cut off in its words has said what it has', async () => {
    expect(await read('{"do":{"say":"We are a sm')).toBe('We are a sm');
    expect(await read('{"do":{"say":"We are \\u00')).toBe('We are ');
  });

  test.each([
    ['nothing', ''],
    ['words', 'We are friends.'],
    ['a choice that was cut off', '{"do":{"tool":"orderState","argum'],
    ['an unknown tool', '{"do":{"tool":"rm","arguments":{}}}'],
    ['an argument that is missing', '{"do":{"tool":"orderState","arguments":{"orderNumber":"4821"}}}'],
    ['an argument that is no value', '{"do":{"tool":"orderState","arguments":{"orderNumber":{},"urgent":true}}}'],
    ['an unknown exit', '{"do":{"exit":"moon"}}'],
  ])('%s is no decision', async (_what, text) => expect(await read(text)).toBeUndefined());

  test('is no exit where the flow proposes none', async () => {
    const only = { ...node, llm: { instructions: 'x', tools: [orderState] } };
    expect(await read(`{"do":{"exit":"${exit}"}}`, 3, only)).toBeUndefined();
  });
});
