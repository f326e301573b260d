import { describe, expect, test } from 'vitest';
import type { ToolAsked } from './ports.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';
import type { Flow, ConverseNode, ModelTool } from '../flow/schema.js';
import { english } from '../flow/words/english.js';

const orderState: ModelTool = {
  name: 'orderState',
  description: 'How far an order is.',
  parameters: [{ name: 'orderNumber', description: 'Four digits', schema: { type: 'string' } }],
  url: 'http://shop.example/{orderNumber}',
  results: [{ name: 'minutes', at: '/minutes', schema: { type: 'integer' } }],
};
const CHOSEN = '{"do":{"tool":"orderState","arguments":{"orderNumber":"4821"}}}';
const QUESTION = 'where is order four eight two one please';

function flowWith(llm: Partial<NonNullable<ConverseNode['llm']>>): Flow {
  const talk = { ...(smallFlow.nodes['talk'] as ConverseNode), llm: { instructions: 'Be kind.', ...llm } };
  return { ...smallFlow, nodes: { ...smallFlow.nodes, talk } };
}

/** A call whose model says these things, one a request, and whose caller has asked where the order is. */
async function asked(
  answers: readonly string[],
  service: House['service'],
  llm: Parameters<typeof flowWith>[0] = { tools: [orderState] },
) {
  const house = new House(answers);
  const requests: ToolAsked[] = [];
  house.service = (request, signal) => {
    requests.push(request);
    return service(request, signal);
  };
  house.live = { flow: flowWith(llm), version: 1 };
  const leg = await house.call();
  await house.says(leg, 'i have a question');
  await house.wait(1_200);
  house.stt.hear({ free: QUESTION });
  leg.startSpeaking();
  await house.wait(1_000);
  leg.pauseSpeaking(words);
  return { house, leg, requests };
}

/** What takes several answers needs as many looks at the clock. */
async function pass(house: House): Promise<void> {
  for (let step = 0; step < 80; step++) await house.wait(50);
}

const said = (house: House): string => house.turns.map((turn) => turn.said).join(' ');
const twelve = () => Promise.resolve({ minutes: '12' });

describe('a language model that may have services asked', () => {
  test('has one asked when the turn is over, and not before, and puts what it told into words', async () => {
    const { house, requests } = await asked([CHOSEN, 'It will be ready in 12 minutes.'], twelve);
    await house.wait(600);
    expect([house.chat.requests.length, requests]).toEqual([1, []]);
    await pass(house);
    expect(requests).toMatchObject([{ nodeId: 'talk', variables: { orderNumber: '4821' } }]);
    expect(house.chat.requests).toHaveLength(2);
    expect(house.chat.requests.map(({ jsonSchema }) => jsonSchema !== undefined)).toEqual([true, false]);
    expect(house.chat.requests[1]?.messages.at(-1)?.content).toContain('minutes: 12');
    expect(said(house)).toContain(`It will be ready in 12 minutes. ${english.anythingElse}`);
  });

  test('says what came back in the flow’s own words, where it has some', async () => {
    const tools = [{ ...orderState, answer: 'Order {orderNumber} takes {minutes} minutes.' }];
    const { house } = await asked([CHOSEN], twelve, { tools });
    await pass(house);
    expect(house.chat.requests).toHaveLength(1);
    expect(said(house)).toContain('Order 4 8 2 1 takes 12 minutes.');
  });

  test('cannot say a number that neither the service nor anybody else has told', async () => {
    const { house } = await asked([CHOSEN, 'It will be ready in 15 minutes.'], twelve);
    await pass(house);
    expect(said(house)).not.toContain('15');
    expect(said(house)).toContain(english.unknown);
  });

  test('cannot send a number that the caller has not said', async () => {
    const { house, requests } = await asked([CHOSEN.replace('4821', '4822')], twelve);
    await pass(house);
    expect(requests).toEqual([]);
    expect(said(house)).toContain(english.unknown);
  });

  test('talks instead where it has wanted what nobody said', async () => {
    const { house } = await asked([CHOSEN.replace('4821', '4822'), '{"do":{"say":"Let us see."}}'], twelve);
    await pass(house);
    expect(house.chat.requests.map(({ jsonSchema }) => JSON.stringify(jsonSchema).includes('orderState'))).toEqual([
      true,
      false,
    ]);
    expect(said(house)).toContain('Let us see.');
  });

  test('may choose from a list that people wrote', async () => {
    const schema = { type: 'string' as const, enum: ['drink', 'order'] };
    const tools = [{ ...orderState, parameters: [{ name: 'what', description: 'x', schema }] }];
    const { house, requests } = await asked(['{"do":{"tool":"orderState","arguments":{"what":"drink"}}}'], twelve, {
      tools,
    });
    await pass(house);
    expect(requests).toMatchObject([{ variables: { what: 'drink' } }]);
  });

  test('says that nobody knows where the service fails', async () => {
    const { house } = await asked([CHOSEN], () => Promise.resolve(undefined));
    await pass(house);
    expect(said(house)).toContain(english.unknown);
    expect(house.turns.some(({ outcome }) => outcome === 'failed')).toBe(true);
  });

  test('is waited for with words, once, while the service takes its time; key 0 leads away', async () => {
    let aborted = false;
    const { house } = await asked([CHOSEN], (_request, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    house.unrendered.add(english.filler).add(english.stillWaiting);
    await pass(house);
    expect(house.tts.texts).toEqual([english.filler]);
    expect(house.turns.some(({ fallback }) => fallback === 'deadline')).toBe(false);
    house.ari.press('0');
    await house.wait(100);
    expect([aborted, house.last?.nextNodeId]).toEqual([true, 'person']);
  });

  test('talks as before: sentence by sentence, checked', async () => {
    const { house } = await asked(['{"do":{"say":"We are a small shop. It costs 9 dollars."}}'], twelve);
    await pass(house);
    expect(said(house)).toContain('We are a small shop.');
    expect(said(house)).not.toContain('9');
  });

  test('that keeps to no form has said nothing', async () => {
    const { house, requests } = await asked(['The order is on its way.'], twelve);
    await pass(house);
    expect([requests, said(house).includes('on its way')]).toEqual([[], false]);
    expect(said(house)).toContain(english.unknown);
  });
});

test('an exit that the model proposes is taken when the caller agrees', async () => {
  const { exits } = smallFlow.nodes['talk'] as ConverseNode;
  const [exit] = exits;
  if (!exit) throw new Error('the node has exits');
  const { house, leg } = await asked([`{"do":{"exit":"${exit.id}"}}`], twelve, { exits: true });
  await house.wait(1_500);
  expect(said(house)).toContain(english.didYouMean(exit.label));
  expect(house.last?.nextNodeId).toBe('talk');
  await house.wait(1_500);
  await house.says(leg, 'yes');
  await house.wait(500);
  expect(house.last).toMatchObject({ outcome: 'confirmed', nodeId: 'talk', input: { type: 'speech' } });
  expect(house.turns.at(-1)?.nextNodeId).not.toBe('talk');
});
