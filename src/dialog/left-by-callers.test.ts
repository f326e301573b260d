import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import type { FlowNode } from '../flow/schema.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

function houseWith(main: FlowNode, settings: { voicemailDir?: string; recordConsented?: boolean } = {}): House {
  const house = new House([], 'rtp', false, { settings });
  house.live = { flow: { ...smallFlow, nodes: { ...smallFlow.nodes, main } }, version: 1 };
  return house;
}

describe('a callback request', () => {
  const callback: FlowNode = { kind: 'callback', about: 'A question', next: 'bye', failed: 'message' };

  test('is listed with the caller’s own number, and brought to people', async () => {
    const house = houseWith(callback);
    const listed = vi.fn(() => Promise.resolve());
    house.addCallback = listed;
    house.ari.callArrives({ callerNumber: '+4930555' });
    await house.wait(300);
    const request = {
      type: 'callback',
      callId: 'call-1',
      callerNumber: '+4930555',
      nodeId: 'main',
      number: '+4930555',
    };
    expect(listed).toHaveBeenCalledWith(expect.objectContaining({ number: '+4930555', about: 'A question' }));
    expect(house.outbox).toMatchObject([request]);
    expect(house.turns.at(-1)).toMatchObject({ nextNodeId: 'bye', outcome: 'accepted' });
  });

  test('has the number that was keyed in', async () => {
    const nodes = {
      ...smallFlow.nodes,
      main: {
        kind: 'collect',
        prompt: 'Your number?',
        slot: 'phone',
        entity: { type: 'digits', min: 4, max: 4 },
        confirm: 'never',
        next: 'call',
      },
      call: { ...callback, number: 'phone' },
    } as typeof smallFlow.nodes;
    const house = new House();
    house.live = { flow: { ...smallFlow, nodes }, version: 1 };
    await house.call();
    house.ari.press('5566');
    await house.wait(300);
    expect(house.outbox).toMatchObject([{ number: '5566' }]);
  });

  test.each([
    ['nobody knows a number', 'anonymous', () => Promise.resolve()],
    ['it cannot be kept', '0305', () => Promise.reject(new Error('full'))],
  ])('goes the failed way where %s', async (_why, callerNumber, add) => {
    const house = houseWith(callback);
    house.addCallback = add;
    house.ari.callArrives({ callerNumber });
    await house.wait(300);
    expect(house.outbox).toEqual([]);
    expect(house.turns.at(-1)).toMatchObject({ nextNodeId: 'message', outcome: 'failed' });
  });
});

test('a message is brought to people, of a caller who hangs up after it too', async () => {
  const voicemailDir = await mkdtemp(join(tmpdir(), 'handrail-left-'));
  const house = houseWith({ kind: 'voicemail', prompt: 'Leave a message.', next: 'bye' }, { voicemailDir });
  const leg = await house.call();
  await house.wait(2_000);
  leg.startSpeaking();
  await house.wait(1_000);
  leg.pauseSpeaking(words);
  house.ari.hangsUp();
  await vi.waitFor(async () => {
    await house.wait(10);
    expect(house.outbox).toMatchObject([{ type: 'voicemail', nodeId: 'main', file: join(voicemailDir, 'call-1.wav') }]);
  });
  await rm(voicemailDir, { recursive: true });
});

describe('consent to a recording', () => {
  const ask: FlowNode = {
    kind: 'collect',
    prompt: 'May we record?',
    slot: 'consent',
    entity: { type: 'yesno' },
    records: true,
    confirm: 'never',
    next: 'number',
  };
  const recordings = (leg: FakeMediaLeg): number => leg.calls.filter(({ type }) => type === 'record').length;

  test('by key or by voice begins it, and not before', async () => {
    for (const how of ['key', 'voice']) {
      const house = houseWith(ask);
      const leg = await house.call();
      expect(recordings(leg)).toBe(0);
      if (how === 'key') house.ari.press('1');
      else await house.says(leg, 'yes');
      await house.wait(300);
      expect(house.turns.at(-1)?.nextNodeId).toBe('number');
      expect([house.consents, recordings(leg)]).toEqual([[true], 1]);
    }
  });

  test('that is taken back ends it', async () => {
    const house = houseWith({ ...ask, next: 'main' });
    const leg = await house.call();
    for (const key of ['1', '2']) {
      house.ari.press(key);
      await house.wait(300);
    }
    expect(house.consents).toEqual([true, false]);
    const told = leg.calls.flatMap((call) => (call.type === 'record' ? [call.path !== undefined] : []));
    expect(told).toEqual([true, false]);
  });

  test('that is refused goes on without one, and so does one that is not configured', async () => {
    const refused = houseWith(ask);
    const leg = await refused.call();
    refused.ari.press('2');
    await refused.wait(300);
    expect([refused.consents, recordings(leg), refused.turns.at(-1)?.nextNodeId]).toEqual([[false], 0, 'number']);
    const off = houseWith(ask, { recordConsented: false });
    const other = await off.call();
    off.ari.press('1');
    await off.wait(300);
    expect([off.consents, recordings(other)]).toEqual([[true], 0]);
  });
});
