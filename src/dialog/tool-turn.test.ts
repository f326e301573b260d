import { describe, expect, test } from 'vitest';
import type { Flow, FlowNode } from '../flow/schema.js';
import { english } from '../flow/words/english.js';
import type { WebTools } from './ports.js';
import { House } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

describe('a web service', () => {
  const tool: FlowNode = {
    kind: 'tool',
    url: 'http://shop.example/orders/{orderNumber}',
    results: [
      { name: 'state', at: '/state', schema: { type: 'string' } },
      { name: 'minutes', at: '/minutes', schema: { type: 'integer' } },
    ],
    next: 'status',
    failed: 'unknown',
  };
  const flow: Flow = {
    ...smallFlow,
    nodes: {
      ...smallFlow.nodes,
      number: {
        kind: 'collect',
        prompt: '?',
        slot: 'orderNumber',
        entity: { type: 'digits', min: 4, max: 4 },
        next: 'look',
      },
      look: tool,
      status: { kind: 'say', prompt: 'Order {orderNumber}: {state}, in {minutes} minutes.', next: 'bye' },
      unknown: { kind: 'say', prompt: 'I cannot see it.', next: 'bye' },
    },
  };
  const asking = async (service: WebTools['ask'], changed: Flow = flow): Promise<House> => {
    const house = new House();
    house.service = service;
    house.live = { flow: changed, version: 1 };
    await house.call();
    house.ari.press('2');
    await house.wait(200);
    house.ari.press('4821');
    return house;
  };

  test('gives values to prompts: digits one by one, numbers as numbers', async () => {
    const asked: unknown[] = [];
    const house = await asking(({ nodeId, variables }) => {
      asked.push({ nodeId, variables });
      return Promise.resolve({ state: 'ready', minutes: '12' });
    });
    await house.wait(200);
    expect(asked).toEqual([{ nodeId: 'look', variables: { orderNumber: '4821' } }]);
    expect(house.last).toMatchObject({ said: 'Order 4 8 2 1: ready, in 12 minutes. Goodbye.', outcome: 'accepted' });
  });

  test('that takes its time is waited for with words, and key 0 leads away from it', async () => {
    let aborted = false;
    const house = await asking((_asked, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    const leg = house.media.legs.at(-1);
    const plays = () => leg?.calls.filter(({ type }) => type === 'play').length ?? 0;
    const before = plays();
    await house.wait(600);
    expect(plays()).toBe(before + 1);
    house.ari.press('7');
    await house.wait(100);
    expect(aborted).toBe(false);
    house.ari.press('0');
    await house.wait(100);
    expect([aborted, house.last?.nextNodeId, house.last?.fallback]).toEqual([true, 'person', 'caller']);
  });

  test('that takes long is waited for with other words each time', async () => {
    const house = await asking(() => new Promise(() => undefined));
    const { filler, stillWaiting } = english;
    for (const text of [filler, stillWaiting]) house.unrendered.add(text);
    await house.wait(15_000);
    expect(house.tts.texts).toEqual([filler, stillWaiting, filler]);
  });

  test('is waited for in silence where the flow has it so', async () => {
    const silent = { ...flow, nodes: { ...flow.nodes, look: { ...tool, noFiller: true } } };
    const house = await asking(() => new Promise(() => undefined), silent);
    for (const text of [english.filler, english.stillWaiting]) house.unrendered.add(text);
    await house.wait(15_000);
    expect(house.tts.texts).toEqual([]);
  });

  test('that fails leads the failure way', async () => {
    const house = await asking(() => Promise.resolve(undefined));
    await house.wait(200);
    expect(house.last).toMatchObject({ said: 'I cannot see it. Goodbye.', outcome: 'failed' });
  });

  test('whose answer is sensitive leaves no value in a record', async () => {
    const secret = { ...flow, nodes: { ...flow.nodes, look: { ...tool, sensitive: true } } };
    const house = await asking(() => Promise.resolve({ state: 'overdrawn', minutes: '12' }), secret);
    await house.wait(200);
    expect(house.last?.said).toContain('[sensitive]');
    expect(JSON.stringify([house.turns, house.log.lines])).not.toContain('overdrawn');
  });
});
