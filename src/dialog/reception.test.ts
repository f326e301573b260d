import { describe, expect, test } from 'vitest';
import type { Flow, FlowNode } from '../flow/schema.js';
import { initialState } from './entering.js';
import type { JournalEntry } from './journal.js';
import { House } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

describe('a call', () => {
  test('is answered, bridged with its media, and greeted', async () => {
    const house = new House();
    const leg = await house.call();
    expect(house.ari.operations.map((o) => o.type)).toContain('answer');
    expect(leg.playing.length).toBe(1);
    expect(house.last?.said).toBe('How can I help?');
  });

  test('beyond the limit of speech begins on the keypad, at once, and is not listened to', async () => {
    const house = new House();
    for (let i = 0; i < 3; i++) house.ari.callArrives();
    await house.wait(200);
    expect(house.media.legs.map((leg) => leg.listening !== undefined)).toEqual([true, true, false]);
    expect(house.turns.map(({ face, fallback }) => [face, fallback])).toEqual([
      ['ai', undefined],
      ['ai', undefined],
      ['ai', 'overload'],
    ]);
    expect(house.turns[2]?.said).toMatch(/^For .*, press 1\./);
  });

  test('without a voice, or beyond all limits, goes to the dialplan', async () => {
    const house = new House();
    house.voice = false;
    house.ari.callArrives();
    await house.wait(100);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
    house.voice = true;
    for (let i = 0; i < 4; i++) house.ari.callArrives();
    await house.wait(200);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(2);
    expect(house.media.legs).toHaveLength(3);
  });

  test('keeps the flow that it began with; the next call gets the version that is live by then', async () => {
    const house = new House();
    const first = house.ari.callArrives();
    await house.wait(200);
    const welcome: FlowNode = { kind: 'hangup', prompt: 'Welcome to the new line.' };
    house.live = { flow: { ...smallFlow, nodes: { ...smallFlow.nodes, main: welcome } }, version: 2 };
    await house.call();
    expect(house.last?.said).toBe('Welcome to the new line.');
    house.ari.press('#', { channelId: first.id });
    await house.wait(100);
    expect(house.last?.said).toContain('For an order, press 1.');
    expect(house.calls.map(({ flowVersion }) => flowVersion)).toEqual([1, 2]);
  });

  test('whose line cannot be set up goes to the dialplan, with nothing left', async () => {
    const house = new House();
    house.ari.fail('createBridge', 'HR_ARI_REQUEST');
    house.ari.callArrives();
    await house.wait(200);
    expect(house.endings).toEqual(['failed']);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
    expect(house.ari.left).toMatchObject({ bridges: [] });
  });

  test('that hangs up leaves nothing', async () => {
    const house = new House();
    await house.call();
    house.ari.hangsUp();
    await house.wait(100);
    expect(house.endings).toEqual(['hungup-by-caller']);
    expect(house.measured).toEqual(['call-1']);
    expect(house.ari.operationsOf('destroyBridge')).toHaveLength(1);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(0);
  });
});

describe('an admin', () => {
  test('moves a call to the keypad, to a person, to its end', async () => {
    const house = new House();
    await house.call();
    expect(house.reception.steer('call-1', 'keypad')).toBe('done');
    await house.wait(100);
    expect(house.last).toMatchObject({ nodeId: 'main', nextNodeId: 'main', fallback: 'admin' });
    expect(house.last?.said).toContain('press 1');
    expect(house.reception.steer('call-1', 'person')).toBe('done');
    await house.wait(100);
    expect(house.last).toMatchObject({ nextNodeId: 'person', fallback: 'admin' });
    expect(house.reception.steer('call-1', 'keypad')).toBe('not-now');
    expect(house.reception.steer('call-1', 'end')).toBe('done');
    await house.wait(100);
    expect(house.endings).toEqual(['hungup-by-admin']);
    expect(house.ari.operationsOf('hangup').map(({ channelId }) => channelId)).toContain('call-1');
    expect(house.reception.steer('call-1', 'end')).toBe('no-such-call');
  });
});

describe('a controller that is told to end', () => {
  test('lets its calls end by themselves, takes no new ones, and is done with the last', async () => {
    const house = new House();
    await house.call();
    let drained = false;
    void house.reception.drain(10_000).then(() => (drained = true));
    house.ari.callArrives();
    await house.wait(5_000);
    expect(house.ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'call-2' }]);
    expect(drained).toBe(false);
    house.ari.hangsUp('call-1');
    await house.wait(10);
    expect(drained).toBe(true);
    expect(house.endings).toEqual(['hungup-by-caller']);
  });

  test('waits no longer than it may; then the dialplan has them, at their node', async () => {
    const house = new House();
    await house.call();
    let drained = false;
    void house.reception.drain(10_000).then(() => (drained = true));
    await house.wait(10_000);
    expect(drained).toBe(true);
    await house.reception.close();
    expect(house.endings).toEqual(['dialplan']);
  });
});

describe('a call that an earlier controller left', () => {
  test('is taken up where it was, with what was known, in new audio', async () => {
    const first = new House();
    await first.call();
    first.ari.press('1');
    await first.wait(100);
    const entry = first.notes.get('call-1');
    expect(entry).toMatchObject({ turns: 2, state: { nodeId: first.last?.nextNodeId } });

    const second = new House();
    second.ari.disconnect();
    const channel = second.ari.callArrives({ channelId: 'call-1' });
    second.ari.reconnect();
    second.left.set('call-1', JSON.parse(JSON.stringify(entry)) as JournalEntry);
    await second.reception.readopt(channel);
    await second.wait(200);
    expect(second.last).toMatchObject({ index: 3, nodeId: entry?.state.nodeId, nextNodeId: entry?.state.nodeId });
    expect(second.last?.said).toContain('Sorry, where were we.');
    expect(second.media.legs).toHaveLength(1);
  });

  test('stays on the version that it began with, whatever is live by now', async () => {
    const house = new House();
    const { nodeId } = initialState(smallFlow);
    const node = smallFlow.nodes[nodeId] as FlowNode;
    const changed = {
      ...smallFlow,
      nodes: { ...smallFlow.nodes, [nodeId]: { ...node, prompt: 'This is new.' } as FlowNode },
    };
    house.live = { flow: changed, version: 2 };
    house.earlier.set(1, smallFlow);
    house.ari.disconnect();
    const channel = house.ari.callArrives({ channelId: 'call-1' });
    house.ari.reconnect();
    house.left.set('call-1', entryAt(smallFlow));
    await house.reception.readopt(channel);
    await house.wait(200);
    expect(house.last?.said).toContain('How can I help?');
    expect(house.calls.at(-1)).toMatchObject({ flowVersion: 1 });
    expect(house.notes.get('call-1')).toMatchObject({ flowVersion: 1 });
  });

  test('is left to the dialplan when nobody knows where it was, or its node is gone', async () => {
    const house = new House();
    house.ari.disconnect();
    const channel = house.ari.callArrives({ channelId: 'call-1' });
    house.ari.reconnect();
    await expect(house.reception.readopt(channel)).rejects.toThrow('nobody knows');
    house.left.set('call-1', { ...entryAt(smallFlow), state: { ...initialState(smallFlow), nodeId: 'gone' } });
    await expect(house.reception.readopt(channel)).rejects.toThrow('nobody knows');
    house.left.set('call-1', { ...entryAt(smallFlow), flowVersion: 7 });
    await expect(house.reception.readopt(channel)).rejects.toThrow('no such version');
    expect(house.media.legs).toHaveLength(0);
  });
});

function entryAt(flow: Flow): JournalEntry {
  return { callId: 'call-1', flowId: flow.id, flowVersion: 1, turns: 1, state: initialState(flow) };
}

test('a caller who left while nobody told us is no call any more, and their channel is left alone', async () => {
  const house = new House();
  await house.call();
  const [callId = ''] = house.reception.liveCalls();
  house.ari.operations.length = 0;
  house.reception.lost(callId);
  house.reception.lost('somebody else');
  await house.wait(60_000);
  expect(house.endings).toEqual(['hungup-by-caller']);
  expect(house.ari.operations.map(({ type }) => type).sort()).toEqual(['destroyBridge', 'hangup']);
  expect(house.ari.operationsOf('hangup')).toMatchObject([{ channelId: `em-${callId}` }]);
  expect(house.reception.liveCalls().size).toBe(0);
});

test('no word and no digit of a caller is in the log', async () => {
  const house = new House();
  const leg = await house.call();
  await house.says(leg, 'where is my order');
  for (const digit of '4711') house.ari.press(digit);
  await house.wait(500);
  house.ari.hangsUp();
  await house.wait(100);
  expect(JSON.stringify(house.log.lines)).not.toMatch(/my order|4711|4 7 1 1/);
});

test('after the call no timer is left', async () => {
  const house = new House();
  const leg = await house.call();
  await house.says(leg, 'where is my order');
  house.ari.hangsUp();
  await house.wait(5_000);
  expect(house.clock.pendingCount).toBe(0);
});
