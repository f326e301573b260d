import { describe, expect, test } from 'vitest';
import { House, words } from './testing/house.js';
import { english } from '../flow/words/english.js';

/** A call whose caller coughs: the voice has begun, and is no speech. */
async function coughing() {
  const house = new House();
  const leg = await house.call();
  house.stt.hear({ noSpeechProb: 0.95 });
  leg.startSpeaking();
  await house.wait(200);
  return { house, leg };
}

/** A call whose caller has just paused behind a whole request. */
async function paused() {
  const house = new House();
  const leg = await house.call();
  house.stt.hear({ readings: [{ text: 'where is my order', posterior: 0.99 }] });
  leg.startSpeaking();
  await house.wait(800);
  leg.pauseSpeaking(words);
  return { house, leg };
}

describe('a turn', () => {
  test('a complete sentence is answered once recognised; the marks say when', async () => {
    const house = new House();
    const leg = await house.call();
    await house.says(leg, 'where is my order');
    expect(house.last).toMatchObject({ nodeId: 'main', nextNodeId: 'number', outcome: 'accepted', face: 'ai' });
    expect(house.last?.marks.endpointMs).toBeGreaterThanOrEqual(250);
    expect(house.last?.marks.audibleMs).toBeLessThanOrEqual(400);
  });

  test('speech that goes on drops the early recognition', async () => {
    const { house, leg } = await paused();
    await house.wait(50);
    leg.resumeSpeaking();
    await house.wait(500);
    expect(house.turns).toHaveLength(1);
    leg.pauseSpeaking(words);
    await house.wait(400);
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a voice that may be coming back is waited for: once for a moment, again and again not for ever', async () => {
    const answeredAfterMs = async (stirs: number): Promise<number> => {
      const { house, leg } = await paused();
      await house.wait(60);
      for (let n = 0; n < stirs; n++) {
        leg.stir();
        await house.wait(20);
      }
      await house.wait(400);
      return house.last?.marks.endpointMs ?? NaN;
    };
    const recognisedMs = await answeredAfterMs(0);
    expect(recognisedMs).toBe(280);
    expect(await answeredAfterMs(1)).toBe(180 + 60 + 60);
    expect(await answeredAfterMs(10)).toBe(recognisedMs + 80);
  });

  test('a sign of an earlier pause puts nothing off', async () => {
    const { house, leg } = await paused();
    await house.wait(60);
    leg.stir();
    leg.resumeSpeaking();
    expect(house.turns).toHaveLength(1);
    await house.wait(500);
    leg.pauseSpeaking(words);
    await house.wait(400);
    expect(house.last?.nextNodeId).toBe('number');
    expect(house.last?.marks.endpointMs).toBeLessThan(300);
  });

  test('a recogniser that hangs costs the turn: the media thread speaks the keypad prompt at the deadline', async () => {
    const house = new House();
    const leg = await house.call();
    await house.wait(2_000);
    house.stt.mood = { type: 'hang' };
    leg.startSpeaking();
    await house.wait(500);
    leg.pauseSpeaking(words);
    await house.wait(1_200);
    expect(house.last?.fallback).toBe('deadline');
    expect(house.last?.outcome).toBe('failed');
    house.ari.press('2');
    await house.wait(50);
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a recogniser that fails at a breath is asked again when the caller has really paused', async () => {
    const house = new House();
    const leg = await house.call();
    house.stt.mood = { type: 'fail', message: 'killed' };
    leg.startSpeaking();
    await house.wait(800);
    leg.pauseSpeaking(words);
    await house.wait(200);
    leg.resumeSpeaking();
    await house.wait(500);
    expect(house.turns).toHaveLength(1);
    leg.pauseSpeaking(words);
    await house.wait(700);
    expect(house.last).toMatchObject({ fallback: 'engine' });
  });

  test('a recogniser that is down: the call begins on the keypad', async () => {
    const house = new House();
    house.stt.become('down', 'killed');
    await house.call();
    expect(house.last?.said).toContain('For an order, press 1.');
  });

  test('a recogniser that goes down while a cough is looked at: the question goes on by keys', async () => {
    const { house, leg } = await coughing();
    leg.pauseSpeaking(words);
    await house.wait(50);
    house.stt.become('down', 'killed');
    await house.wait(1_000);
    expect(house.last).toMatchObject({ fallback: 'engine', face: 'ai' });
    expect(house.last?.said).toContain('For an order, press 1.');
  });

  test('a cough changes nothing: the question stands', async () => {
    const { house, leg } = await coughing();
    leg.pauseSpeaking(words);
    await house.wait(1_100);
    expect(house.turns).toHaveLength(1);
    await house.says(leg, 'where is my order');
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a prompt that a cough cut short goes on at once', async () => {
    const { house, leg } = await coughing();
    expect(leg.playing).toEqual([]);
    leg.pauseSpeaking(words);
    await house.wait(150);
    expect(leg.playing).toEqual(leg.played);
    expect(leg.calls.filter(({ type }) => type === 'resume')).toHaveLength(1);
    expect(house.turns).toHaveLength(1);
    await house.wait(1_000 + 6_000 + 100);
    expect(house.last?.outcome).toBe('noinput');
  });

  test('a click that sounds like “yes” is not listened to: the question stands, and what follows is the answer', async () => {
    const house = new House();
    const leg = await house.call();
    await house.wait(2_000);
    house.stt.hear({ readings: [{ text: 'where is my order', posterior: 0.99 }] });
    leg.startSpeaking();
    await house.wait(230);
    leg.pauseSpeaking(words.subarray(0, 8 * 110));
    await house.wait(500);
    expect(house.stt.requests).toHaveLength(0);
    expect(house.turns).toHaveLength(1);
    await house.says(leg, 'where is my order');
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a click that the recogniser writes words for is no answer, and the silence behind it is a no-input', async () => {
    const house = new House();
    const leg = await house.call();
    await house.wait(2_000);
    house.stt.hear({ readings: [], free: 'Thank you.', noSpeechProb: 0.5 });
    leg.startSpeaking();
    await house.wait(260);
    leg.pauseSpeaking(words.subarray(0, 8 * 140));
    await house.wait(1_000);
    expect(house.turns).toHaveLength(1);
    await house.wait(6_000 + 100);
    expect(house.last?.outcome).toBe('noinput');
  });

  test('“mm-hm” into a prompt is no answer; the same after it is', async () => {
    const murmur = { readings: [], free: 'Mm-hmm.', noSpeechProb: 0.1 };
    const house = new House();
    const leg = await house.call();
    house.stt.hear(murmur);
    leg.startSpeaking();
    await house.wait(400);
    leg.pauseSpeaking(words.subarray(0, 2_400));
    await house.wait(500);
    expect(leg.playing).toEqual(leg.played);
    expect(house.turns).toHaveLength(1);
    await house.wait(1_200);
    house.stt.hear(murmur);
    leg.startSpeaking();
    await house.wait(400);
    leg.pauseSpeaking(words.subarray(0, 2_400));
    await house.wait(900);
    expect(house.last?.outcome).toBe('nomatch');
  });

  test('the first words of a sentence into a prompt are no “mm-hm”: the bot stays silent for the rest', async () => {
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ readings: [{ text: 'can i get a', posterior: 0.9 }], free: 'Can I get a', noSpeechProb: 0.1 });
    leg.startSpeaking();
    await house.wait(400);
    leg.pauseSpeaking(words.subarray(0, 2_400));
    await house.wait(500);
    expect(leg.playing).toEqual([]);
    leg.resumeSpeaking();
    await house.wait(500);
    house.stt.hear({ readings: [{ text: 'where is my order', posterior: 0.99 }] });
    leg.pauseSpeaking(words);
    await house.wait(400);
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a sentence into a prompt that nobody understood is asked again', async () => {
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ readings: [], free: 'my neighbour has a tractor', noSpeechProb: 0.1 });
    leg.startSpeaking();
    await house.wait(900);
    leg.pauseSpeaking(words);
    await house.wait(900);
    expect(house.last?.outcome).toBe('nomatch');
  });

  test('silence after the prompt is a no-input', async () => {
    const house = new House();
    await house.call();
    await house.wait(1_000 + 6_000 + 100);
    expect(house.last?.outcome).toBe('noinput');
    expect(house.last?.said).toContain(english.notHeard);
  });
});

describe('keys', () => {
  test('stop the prompt and act at once, digits are collected', async () => {
    const house = new House();
    const leg = await house.call();
    house.ari.press('2');
    await house.wait(20);
    expect(house.last).toMatchObject({ outcome: 'keys', nextNodeId: 'number' });
    for (const digit of '4711') house.ari.press(digit);
    await house.wait(20);
    expect(house.last?.said).toContain('Order 4 7 1 1 is ready.');
    expect(leg.played.length).toBeGreaterThan(2);
  });

  test('too few digits and then nothing are told as such', async () => {
    const house = new House();
    await house.call();
    house.ari.press('2');
    await house.wait(20);
    house.ari.press('4');
    await house.wait(3_100);
    expect(house.last?.said).toContain(english.invalidKey);
  });

  test('0 calls a person; nobody there leads on in the flow', async () => {
    const house = new House();
    await house.call();
    house.ari.press('0');
    await house.wait(1_200);
    const leg = house.ari.operationsOf('originate').at(-1);
    expect(leg).toMatchObject({ type: 'originate', options: { endpoint: 'Local/300@people' } });
    house.ari.legFails(leg?.options.channelId ?? '', 'BUSY');
    await house.wait(50);
    expect(house.last?.said).toBe('Leave a message.');
  });

  test('a person who answers is connected; when they hang up the call is over', async () => {
    const house = new House();
    await house.call();
    house.ari.press('0');
    await house.wait(1_200);
    const person = house.ari.operationsOf('originate').at(-1)?.options.channelId ?? '';
    house.ari.legAnswers(person, ['person']);
    await house.wait(50);
    house.ari.hangsUp(person);
    await house.wait(50);
    expect(house.endings).toEqual(['transferred']);
  });
});
