import { expect, test } from 'vitest';
import { House, words } from './testing/house.js';
import type { FlowNode } from '../flow/schema.js';
import { smallFlow } from './testing/small-flow.js';

async function serviceCall(house: House): Promise<string> {
  const { id } = house.ari.callArrives({ callerNumber: '201', args: ['service'] });
  await house.wait(300);
  return id;
}

async function press(house: House, channelId: string, keys: string): Promise<void> {
  for (const key of keys) {
    house.ari.press(key, { channelId });
    await house.wait(200);
  }
}

test('whoever knows the PIN sets the line closed, and the next call is told so', async () => {
  const house = new House();
  const open = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }];
  const hours = { kind: 'hours', timezone: 'UTC', open, whenOpen: 'main', whenClosed: 'bye' } as FlowNode;
  house.live = { flow: { ...smallFlow, start: 'hours', nodes: { ...smallFlow.nodes, hours } }, version: 1 };
  const id = await serviceCall(house);
  expect(house.calls).toEqual([]);
  expect(house.reception.liveCalls().has(id)).toBe(true);
  await press(house, id, '4711#');
  await press(house, id, '22');
  expect(house.switches.hours).toBe('closed');
  await press(house, id, '31');
  expect(house.switches.keypadOnly).toBe(true);
  await press(house, id, '#');
  await house.wait(2_000);
  expect(house.ari.operationsOf('hangup').some(({ channelId }) => channelId === id)).toBe(true);
  expect(house.reception.liveCalls().size).toBe(0);

  await house.call();
  expect(house.turns[0]).toMatchObject({ nextNodeId: 'bye' });
});

test('a prompt is recorded, heard, recorded again and kept', async () => {
  const house = new House();
  const id = await serviceCall(house);
  await press(house, id, '4711#1');
  const leg = house.media.legs.at(-1);
  const speak = async (samples: Int16Array): Promise<void> => {
    await house.wait(2_000);
    leg?.startSpeaking();
    await house.wait(1_000);
    leg?.pauseSpeaking(samples);
    await press(house, id, '5');
  };
  await speak(words.subarray(0, 800));
  await press(house, id, '2');
  await speak(words);
  expect(house.kept).toEqual([]);
  await press(house, id, '1');
  expect(house.kept).toEqual([{ length: words.length, who: 'telephone 201' }]);
});

test('without the PIN nothing is to be had, and after five wrong ones nobody has it for a while', async () => {
  const house = new House();
  for (const keys of ['1#2#3#', '4#5#']) {
    const id = await serviceCall(house);
    for (const key of keys.match(/.#/g) ?? []) {
      await press(house, id, key);
      await house.wait(1_500);
    }
    house.ari.hangsUp(id);
    await house.wait(500);
  }
  expect(house.pin.isLocked).toBe(true);
  expect(house.pin.accepts('4711')).toBe(false);
  house.clock.advance(16 * 60_000);
  expect(house.pin.accepts('4711')).toBe(true);
  expect(house.switches.hours).toBe('calendar');
});

test('who hangs up in the middle leaves nothing', async () => {
  const house = new House();
  const id = await serviceCall(house);
  await press(house, id, '4711#1');
  house.ari.hangsUp(id);
  await house.wait(500);
  expect(house.reception.liveCalls().size).toBe(0);
  expect(house.ari.left).toMatchObject({ bridges: [] });
});

test('four may call it at once; a fifth hears that it is busy, and the line serves on', async () => {
  const house = new House();
  for (let caller = 0; caller < 4; caller++) await serviceCall(house);
  expect(house.reception.liveCalls().size).toBe(4);
  const fifth = await serviceCall(house);
  const ended = house.ari.operationsOf('hangup');
  expect(ended).toEqual([{ type: 'hangup', channelId: fifth, reason: 'busy' }]);
  expect(house.reception.liveCalls().has(fifth)).toBe(false);
  await house.call();
  expect(house.calls).toHaveLength(1);
});
