import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import type { FlowNode } from '../flow/schema.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';

test('speech beside a keypad prompt that counts for nothing does not shorten the time to answer', async () => {
  const house = new House();
  house.live = { flow: { ...smallFlow, defaults: { ...smallFlow.defaults, noInputMs: 1_500 } }, version: 1 };
  const leg = await house.call();
  house.reception.steer('call-1', 'keypad');
  await house.wait(100);
  const prompts = leg.playing.length;
  expect(prompts).toBeGreaterThan(3);
  house.stt.hear({ readings: [], free: 'my neighbour has a tractor', noSpeechProb: 0.1 });
  leg.startSpeaking();
  await house.wait(300);
  leg.pauseSpeaking(words.subarray(0, 2_400));
  await house.wait(1_000 * prompts);
  expect(house.turns).toHaveLength(2);
  await house.wait(1_500);
  expect(house.last?.outcome).toBe('noinput');
});

test('a caller who goes on speaking when an uninterruptible prompt is over is not told that nobody heard them', async () => {
  const house = new House();
  const { main } = smallFlow.nodes;
  if (main?.kind !== 'menu') throw new Error('the small flow has changed');
  const nodes = { ...smallFlow.nodes, main: { ...main, bargeIn: false } };
  const flow = { ...smallFlow, nodes, defaults: { ...smallFlow.defaults, noInputMs: 1_500 } };
  house.live = { flow, version: 1 };
  const leg = await house.call();
  leg.startSpeaking();
  await house.wait(4_000);
  expect(house.turns).toHaveLength(1);
  house.stt.hear({ noSpeechProb: 0.95 });
  leg.pauseSpeaking(words);
  await house.wait(3_000);
  expect(house.last?.outcome).toBe('noinput');
});

test('a second message of a call does not take the place of the first', async () => {
  const voicemailDir = await mkdtemp(join(tmpdir(), 'handrail-messages-'));
  const message = (next: string): FlowNode => ({ kind: 'voicemail', prompt: 'Leave a message.', next });
  const nodes = { ...smallFlow.nodes, main: message('again'), again: message('bye') };
  const house = new House([], 'rtp', false, { settings: { voicemailDir } });
  house.live = { flow: { ...smallFlow, nodes }, version: 1 };
  const leg = await house.call();
  for (const nextNodeId of ['again', 'bye']) {
    await house.wait(1_500);
    leg.startSpeaking();
    await house.wait(1_000);
    leg.pauseSpeaking(words);
    leg.endUtterance();
    await vi.waitFor(() => expect(house.notes.get('call-1')?.state.nodeId).toBe(nextNodeId));
  }
  expect((await readdir(voicemailDir)).sort()).toEqual(['call-1-2.wav', 'call-1.wav']);
  await rm(voicemailDir, { recursive: true });
});

test.each<[string, (house: House, leg: FakeMediaLeg) => Promise<void>]>([
  ['a first digit waits for the next', (house) => pressing(house, '2', '4')],
  ['a phone rings', (house) => pressing(house, '0')],
  [
    'a message is taken',
    async (house, leg) => {
      await pressing(house, '0');
      house.ari.legFails(house.ari.operationsOf('originate').at(-1)?.options.channelId ?? '');
      await house.wait(1_500);
      leg.startSpeaking();
    },
  ],
  [
    'the recogniser hangs',
    async (house, leg) => {
      house.stt.mood = { type: 'hang' };
      leg.startSpeaking();
      await house.wait(500);
      leg.pauseSpeaking(words);
    },
  ],
])('hanging up while %s leaves no timer', async (_what, happens) => {
  const house = new House();
  await happens(house, await house.call());
  await house.wait(100);
  house.ari.hangsUp('call-1');
  await house.wait(20);
  expect([house.endings, house.clock.pendingCount]).toEqual([['hungup-by-caller'], 0]);
});

async function pressing(house: House, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    house.ari.press(key);
    await house.wait(1_200);
  }
}

describe('a person who is called', () => {
  const ringing = async (house: House): Promise<{ leg: FakeMediaLeg; person: string }> => {
    const leg = await house.call();
    house.ari.press('0');
    await house.wait(1_200);
    return { leg, person: house.ari.operationsOf('originate').at(-1)?.options.channelId ?? '' };
  };

  test('is heard to ring whatever key the caller presses', async () => {
    const house = new House();
    const { leg } = await ringing(house);
    const rings = leg.playing.length;
    expect(rings).toBeGreaterThan(0);
    house.ari.press('5');
    await house.wait(20);
    expect(leg.playing).toHaveLength(rings);
  });

  test('and is gone when our audio has left the call already: the dialplan serves the caller', async () => {
    const house = new House();
    const { person } = await ringing(house);
    house.ari.fail('addToBridge');
    house.ari.legAnswers(person, ['person']);
    await house.wait(50);
    expect(house.endings).toEqual(['dialplan']);
    expect(house.ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'call-1' }]);
  });

  test('and talks with the caller is not taken away by an admin who wants a person, or the keypad', async () => {
    const house = new House();
    const { person } = await ringing(house);
    house.ari.legAnswers(person, ['person']);
    await house.wait(50);
    expect(house.reception.steer('call-1', 'person')).toBe('not-now');
    expect(house.ari.operationsOf('hangup').map(({ channelId }) => channelId)).not.toContain(person);
    expect(house.reception.steer('call-1', 'end')).toBe('done');
    await house.wait(50);
    expect(house.endings).toEqual(['hungup-by-admin']);
  });
});
