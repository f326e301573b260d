import { describe, expect, test } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
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
});
