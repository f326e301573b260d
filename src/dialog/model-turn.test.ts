import { describe, expect, test } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import type { RequestLimits } from '../local-models/ports.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';
import type { ConverseNode } from '../flow/schema.js';
import { english } from '../flow/words/english.js';

/** The caller begins to ask what only the language model knows; the turn is not over yet. */
async function beginsToAsk(house: House, leg: FakeMediaLeg): Promise<void> {
  await house.says(leg, 'i have a question');
  await house.wait(1_200);
  house.stt.hear({ free: 'who is the owner of this place' });
  leg.startSpeaking();
  await house.wait(1_000);
  leg.pauseSpeaking(words);
  await house.wait(200);
}

describe('the language model', () => {
  const openQuestion = async (house: House, leg: FakeMediaLeg): Promise<void> => {
    await beginsToAsk(house, leg);
    await house.wait(1_100);
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

  test('has its first clause spoken while the sentence is still written and unchecked', async () => {
    const house = new House(['At our little place, we are a shop run by friends. Come in.']);
    const [clause, rest] = ['At our little place,', 'we are a shop run by friends.'];
    for (const text of [clause, rest]) house.unrendered.add(text);
    const leg = await house.call();
    await openQuestion(house, leg);
    await house.wait(5_000);
    const spoken = house.tts.texts.filter((text) => text === clause || text === rest);
    expect(spoken).toEqual([clause, rest]);
    expect(house.turns.some((turn) => turn.said.includes(`${clause} ${rest}`))).toBe(true);
  });

  test('a clause of a sentence that fails its check is never heard', async () => {
    const house = new House(['At our little place, everything costs 7 dollars.']);
    const clause = 'At our little place,';
    house.unrendered.add(clause);
    const leg = await house.call();
    await openQuestion(house, leg);
    await house.wait(3_000);
    expect(house.tts.texts).toContain(clause);
    expect(house.turns.map((turn) => turn.said).join(' ')).not.toContain(clause);
    expect(house.last?.said).toContain(english.unknown);
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
    expect(house.last?.said).toContain(english.anythingElse);
  });

  test.each([
    ['within half a second needs no filler', 300, []],
    ['later is waited for with one', 2_000, [english.filler]],
  ])('that begins %s', async (_name, afterMs, said) => {
    const house = new House(['We are a small shop.'], 'rtp', false, { settings: { turnDeadlineMs: 4_000 } });
    const leg = await house.call();
    house.chat.mood = { type: 'answer', afterMs };
    house.unrendered.add(english.filler);
    await beginsToAsk(house, leg);
    for (let step = 0; step < 60; step++) await house.wait(100);
    expect(house.tts.texts).toEqual(said);
    expect(house.turns.some((turn) => turn.said.includes('We are a small shop.'))).toBe(true);
  });

  test('is waited for in silence for 950 ms after the caller’s last word, and 950 ms after the filler', async () => {
    const house = new House();
    house.chat.mood = { type: 'hang' };
    const leg = await house.call();
    await house.says(leg, 'i have a question');
    await house.wait(1_200);
    house.stt.hear({ free: 'Who is the owner of this place?' });
    leg.startSpeaking();
    await house.wait(1_000);
    let lastWordMs = 0;
    leg.subscribe((event) => event.type === 'pause' && (lastWordMs = event.endedMs));
    leg.pauseSpeaking(words);
    await house.wait(lastWordMs + 940 - house.clock.nowMs());
    expect(leg.playing).toEqual([]);
    await house.wait(30);
    expect(leg.playing).toHaveLength(1);
    const armed = leg.calls.findLast(({ type }) => type === 'arm');
    expect(armed).toMatchObject({ deadline: { afterMs: 950, waitingSinceMs: lastWordMs + 150 } });
    // A second of filler, and the deadline.
    await house.wait(1_000 + 950);
    expect(house.turns.some(({ fallback }) => fallback === 'deadline')).toBe(true);
  });

  test('is waited for without a filler where the flow has it so, until the turn deadline', async () => {
    const house = new House();
    house.chat.mood = { type: 'hang' };
    const talk = { ...(smallFlow.nodes['talk'] as ConverseNode), llm: { instructions: 'Be kind.', noFiller: true } };
    house.live = { flow: { ...smallFlow, nodes: { ...smallFlow.nodes, talk } }, version: 1 };
    house.unrendered.add(english.filler);
    const leg = await house.call();
    await openQuestion(house, leg);
    await house.wait(1_000);
    expect(house.tts.texts).toEqual([]);
    expect(house.turns.some(({ fallback }) => fallback === 'deadline')).toBe(true);
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

describe('a question that was put to the language model early', () => {
  test('is dropped when the caller presses a key that leads away', async () => {
    const house = new House(['We are a small shop.']);
    const asked: (AbortSignal | undefined)[] = [];
    const complete = house.chat.complete.bind(house.chat);
    house.chat.complete = (request, limits: RequestLimits) => {
      asked.push(limits.signal);
      return complete(request, limits);
    };
    await beginsToAsk(house, await house.call());
    expect(asked.map((signal) => signal?.aborted)).toEqual([false]);
    house.ari.press('0');
    await house.wait(20);
    expect(house.last?.nextNodeId).toBe('person');
    expect(asked.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test('takes with it what its first sentence was spoken for: the flow says the same words anew', async () => {
    const same = 'I will connect you.';
    const house = new House([`${same} Please hold.`]);
    house.unrendered.add(same);
    await beginsToAsk(house, await house.call());
    await house.wait(100);
    expect(house.tts.texts).toEqual([same]);
    house.ari.press('0');
    await house.wait(2_000);
    expect(house.last).toMatchObject({ nextNodeId: 'person', said: same });
    expect(house.tts.texts).toEqual([same, same]);
    expect(house.last?.marks.audibleMs).toBeDefined();
  });

  test('is not answered over the keypad question, where the recogniser went down meanwhile', async () => {
    const house = new House(['We are a small shop.']);
    await beginsToAsk(house, await house.call());
    house.stt.become('down', 'killed');
    await house.wait(8_000);
    const [asking, fallen] = house.turns.slice(2);
    expect(asking).toMatchObject({ input: { type: 'speech' }, said: '', outcome: 'accepted' });
    expect(fallen).toMatchObject({ fallback: 'engine', face: 'ai' });
    expect(house.turns.map(({ said }) => said).join()).not.toContain('We are a small shop.');
  });
});
