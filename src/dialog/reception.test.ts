import { describe, expect, test } from 'vitest';
import { mediaChannelId } from '../ari/ids.js';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import type { Flow, FlowNode } from '../flow/schema.js';
import { initialState } from './entering.js';
import type { JournalEntry } from './journal.js';
import type { WebTools } from './ports.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';
import { wording } from './wording.js';

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

describe('recordings and captures', () => {
  const paths = (leg: FakeMediaLeg, kind: 'record' | 'capture') =>
    leg.calls.flatMap((call) => (call.type === kind ? [call.path] : []));
  const recording = '/nowhere/recordings/2023-11-14T22-13-20-200Z_call-1.wav';

  test('by configuration from the beginning', async () => {
    const house = new House([], 'rtp', true);
    const leg = await house.call();
    expect(paths(leg, 'record')).toEqual([expect.stringMatching(/^\/nowhere\/recordings\/2023-11-14T.*_call-1\.wav$/)]);
    expect(house.reception.tap('call-1', 'recording', true)).toEqual({ type: 'done', file: paths(leg, 'record')[0] });
  });

  test('on demand, begun once and ended once', async () => {
    const house = new House();
    const leg = await house.call();
    expect(paths(leg, 'record')).toEqual([]);
    const tap = (kind: 'recording' | 'capture', on: boolean) => house.reception.tap('call-1', kind, on);
    expect(tap('recording', true)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', true)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', false)).toEqual({ type: 'done', file: recording });
    expect(tap('recording', false)).toEqual({ type: 'not-running' });
    expect(paths(leg, 'record')).toEqual([recording, undefined]);
    expect(tap('capture', true)).toMatchObject({ type: 'done', file: expect.stringMatching(/\.pcap$/) });
    expect(house.reception.tap('call-9', 'recording', true)).toEqual({ type: 'no-such-call' });
  });

  test('no capture of what is no packets', async () => {
    const house = new House([], 'websocket');
    await house.call();
    expect(house.reception.tap('call-1', 'capture', true)).toEqual({ type: 'no-packets' });
  });

  test('hold silence while a sensitive question stands, and where its answer is said', async () => {
    const { number } = smallFlow.nodes;
    if (number?.kind !== 'collect') throw new Error('the small flow has changed');
    const nodes = { ...smallFlow.nodes, number: { ...number, sensitive: true, confirm: 'always' as const } };
    const house = new House();
    house.live = { flow: { ...smallFlow, nodes }, version: 1 };
    const leg = await house.call();
    const redacted = () => leg.calls.flatMap((call) => (call.type === 'redact' ? [call.on] : []));
    await house.says(leg, 'where is my order');
    expect([house.last?.nextNodeId, redacted()]).toEqual(['number', [false, true]]);
    house.ari.press('4821');
    await house.wait(2_000);
    house.ari.press('1');
    await house.wait(2_000);
    // The read-back, and “Order 4 8 2 1 is ready.” two steps after the question.
    expect(house.last?.said).toContain('[sensitive]');
    expect(
      redacted()
        .slice(2)
        .every((on) => on),
    ).toBe(true);
  });
});

describe('a call over a websocket', () => {
  const lose = (leg: FakeMediaLeg): void => leg.emit({ type: 'media-lost', atMs: 0, silentMs: 0 });
  const media = (house: House) => house.ari.operationsOf('externalMedia');

  test('has Asterisk wait for it, and is connected before it is bridged', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    expect(media(house)[0]?.options).not.toHaveProperty('rtpTo');
    expect(leg.calls[0]).toEqual({ type: 'connect', remote: { url: 'ws://127.0.0.1/media/40002' } });
  });

  test('that is lost is connected again over another channel, in the same bridge, and goes on', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    lose(leg);
    await house.wait(100);
    expect(media(house)).toHaveLength(2);
    expect(leg.calls.filter(({ type }) => type === 'connect')).toHaveLength(2);
    expect(await house.ari.listBridges()).toMatchObject([{ channelIds: ['call-1', 'em-call-1'] }]);
    expect(house.endings).toEqual([]);
  });

  test('that cannot be connected again goes to the dialplan', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    house.ari.fail('externalMedia');
    lose(leg);
    await house.wait(100);
    expect(house.endings).toEqual(['dialplan']);
    expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
  });

  test('whose media thread died is not connected again', async () => {
    const house = new House([], 'websocket');
    const leg = await house.call();
    lose(leg);
    leg.close();
    await house.wait(100);
    expect(media(house)).toHaveLength(1);
    expect(house.endings).toEqual(['dialplan']);
  });
});

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
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ readings: [{ text: 'where is my order', posterior: 0.99 }] });
    leg.startSpeaking();
    await house.wait(800);
    leg.pauseSpeaking(words);
    await house.wait(50);
    leg.resumeSpeaking();
    await house.wait(500);
    expect(house.turns).toHaveLength(1);
    leg.pauseSpeaking(words);
    await house.wait(400);
    expect(house.last?.nextNodeId).toBe('number');
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
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ noSpeechProb: 0.95 });
    leg.startSpeaking();
    await house.wait(200);
    leg.pauseSpeaking(words);
    await house.wait(50);
    house.stt.become('down', 'killed');
    await house.wait(1_000);
    expect(house.last).toMatchObject({ fallback: 'engine', face: 'ai' });
    expect(house.last?.said).toContain('For an order, press 1.');
  });

  test('a cough changes nothing: the question stands', async () => {
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ noSpeechProb: 0.95 });
    leg.startSpeaking();
    await house.wait(200);
    leg.pauseSpeaking(words);
    await house.wait(1_100);
    expect(house.turns).toHaveLength(1);
    await house.says(leg, 'where is my order');
    expect(house.last?.nextNodeId).toBe('number');
  });

  test('a prompt that a cough cut short goes on at once', async () => {
    const house = new House();
    const leg = await house.call();
    house.stt.hear({ noSpeechProb: 0.95 });
    leg.startSpeaking();
    await house.wait(200);
    expect(leg.playing).toEqual([]);
    leg.pauseSpeaking(words);
    await house.wait(150);
    expect(leg.playing).toEqual(leg.played);
    expect(leg.calls.filter(({ type }) => type === 'resume')).toHaveLength(1);
    expect(house.turns).toHaveLength(1);
    await house.wait(1_000 + 6_000 + 100);
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
    expect(house.last?.said).toContain(wording.notHeard);
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
    expect(house.last?.said).toContain(wording.invalidKey);
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

describe('the language model', () => {
  const openQuestion = async (house: House, leg: FakeMediaLeg): Promise<void> => {
    await house.says(leg, 'i have a question');
    await house.wait(1_200);
    house.stt.hear({ free: 'who is the owner of this place' });
    leg.startSpeaking();
    await house.wait(1_000);
    leg.pauseSpeaking(words);
    await house.wait(1_300);
  };

  test('answers what the knowledge does not, and its words are in the record', async () => {
    const house = new House(['We are a small shop run by friends. Come in.']);
    const leg = await house.call();
    await openQuestion(house, leg);
    await house.wait(3_000);
    expect(house.turns.some((t) => t.said.includes('We are a small shop run by friends.'))).toBe(true);
  });

  test('is asked before the turn is over, and its first sentence is spoken already when it is', async () => {
    const house = new House(['We are a small shop run by friends. Come in.']);
    house.unrendered.add('We are a small shop run by friends.');
    const leg = await house.call();
    await house.says(leg, 'i have a question');
    await house.wait(1_200);
    house.stt.hear({ free: 'who is the owner of this place' });
    leg.startSpeaking();
    await house.wait(1_000);
    leg.pauseSpeaking(words);
    await house.wait(700);
    expect([house.chat.requests.length, house.tts.texts.at(-1), leg.playing]).toEqual([
      1,
      'We are a small shop run by friends.',
      [],
    ]);
    await house.wait(5_000);
    expect(house.chat.requests).toHaveLength(1);
    expect(house.tts.texts.filter((text) => text === 'We are a small shop run by friends.')).toHaveLength(1);
    const { marks } = house.turns.find((turn) => turn.said.includes('We are a small shop')) ?? {};
    expect(marks?.llmStartMs).toBeLessThan(marks?.endpointMs ?? 0);
    expect((marks?.audibleMs ?? Infinity) - (marks?.endpointMs ?? 0)).toBeLessThanOrEqual(20);
  });

  test('forgets what it was asked when the caller goes on', async () => {
    const house = new House(['Nobody hears this. Never.', 'We are a small shop. Come in.']);
    const leg = await house.call();
    await house.says(leg, 'i have a question');
    await house.wait(1_200);
    house.stt.hear({ free: 'who is the owner' }, { free: 'who is the owner of this place' });
    leg.startSpeaking();
    await house.wait(1_000);
    leg.pauseSpeaking(words);
    await house.wait(300);
    leg.resumeSpeaking();
    await house.wait(500);
    leg.pauseSpeaking(words);
    await house.wait(4_000);
    expect(house.chat.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual([
      'who is the owner',
      'who is the owner of this place',
    ]);
    const said = house.turns.map((turn) => turn.said).join(' ');
    expect(said).toContain('We are a small shop.');
    expect(said).not.toContain('Nobody hears this.');
  });

  test('a caller who speaks into the answer has the word, and what they did not hear is not remembered', async () => {
    const house = new House([
      'We are friends. Our shop is as small as a shop can possibly be. Come in.',
      'Yes we are.',
    ]);
    const leg = await house.call();
    await openQuestion(house, leg);
    // The second sentence is being said.
    await house.wait(900);
    house.stt.hear({ free: 'are you really friends' });
    leg.startSpeaking();
    await house.wait(1_000);
    expect(leg.playing).toEqual([]);
    leg.pauseSpeaking(words);
    await house.wait(3_000);
    const asked = house.turns.filter(({ input }) => input.type === 'speech').map(({ input }) => input);
    expect(asked.at(-1)).toMatchObject({ text: 'are you really friends' });
    expect(house.chat.requests.at(-1)?.messages).toEqual([
      { role: 'user', content: 'who is the owner of this place' },
      { role: 'assistant', content: 'We are friends.' },
      { role: 'user', content: 'are you really friends' },
    ]);
  });

  test('a cough into the answer does not end it', async () => {
    const house = new House(['We are a small shop run by friends.']);
    const leg = await house.call();
    await openQuestion(house, leg);
    house.stt.hear({ noSpeechProb: 0.95 });
    leg.startSpeaking();
    await house.wait(200);
    leg.pauseSpeaking(words.subarray(0, 1_600));
    await house.wait(200);
    expect(leg.playing.length).toBeGreaterThan(0);
    expect(house.last?.said).toBe('We are a small shop run by friends.');
    await house.wait(3_000);
    expect(house.last?.said).toContain(wording.anythingElse);
  });

  test('that hangs is late like anything else: keypad', async () => {
    const house = new House();
    house.chat.mood = { type: 'hang' };
    const leg = await house.call();
    await openQuestion(house, leg);
    await house.wait(4_000);
    expect(house.turns.some((t) => t.fallback === 'deadline')).toBe(true);
  });
});

test('a media channel that Asterisk ends gives its caller to the dialplan', async () => {
  const house = new House();
  await house.call();
  await house.ari.hangup(mediaChannelId('call-1'));
  await house.wait(10);
  expect(house.endings).toEqual(['dialplan']);
  expect(house.ari.operationsOf('continueInDialplan')).toMatchObject([{ channelId: 'call-1' }]);
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

test('a media thread that dies gives its caller to the dialplan', async () => {
  const house = new House();
  const leg = await house.call();
  leg.emit({ type: 'media-lost', atMs: house.clock.nowMs(), silentMs: 0 });
  await house.wait(50);
  expect(house.endings).toEqual(['dialplan']);
  expect(house.ari.operationsOf('continueInDialplan')).toHaveLength(1);
});

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
