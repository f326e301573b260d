import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { FakeMediaLeg } from '../externalmedia/fake-media.js';
import { initialState } from './entering.js';
import { joined, SecondChance, type Answered, type Utterance } from './second-chance.js';
import { House, words } from './testing/house.js';
import { smallFlow } from './testing/small-flow.js';
import { FakeClock } from '../kernel/fake-clock.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** From a pause to the answer, where people often go on. */
const DECIDED_MS = 240;

/** The caller has ordered, and hears the first `heardMs` of the answer. */
async function answered(heardMs: number): Promise<{ house: House; leg: FakeMediaLeg }> {
  const house = new House();
  const leg = await house.call();
  await house.says(leg, 'I want to order');
  await house.wait(2_000);
  house.stt.hear({ readings: [{ text: 'a large latte', posterior: 0.99 }], free: 'A large latte.' });
  leg.startSpeaking();
  await house.wait(1_000);
  leg.pauseSpeaking(words);
  await house.wait(DECIDED_MS + heardMs);
  expect(house.turns).toHaveLength(3);
  return { house, leg };
}

/** The caller says something more, into the answer. */
async function goesOn({ house, leg }: { house: House; leg: FakeMediaLeg }): Promise<void> {
  leg.startSpeaking();
  await house.wait(600);
  leg.pauseSpeaking(words.subarray(0, 4_800));
  await house.wait(900);
}

describe('a caller who goes on as soon as the answer begins', () => {
  test('has the answer taken back: both parts are heard as one, where the call was before', async () => {
    const call = await answered(200);
    const { house, leg } = call;
    house.stt.hear({ readings: [{ text: 'a large latte with some milk', posterior: 0.99 }] });
    await goesOn(call);
    const [first, whole] = house.stt.requests.slice(-2);
    expect(whole?.grammar?.id).toBe(first?.grammar?.id);
    expect(whole?.samples.length).toBeGreaterThan(words.length + 4_800);
    expect(house.turns).toHaveLength(4);
    expect(house.last).toMatchObject({
      input: { text: 'a large latte with some milk', takesBack: true },
      outcome: 'confirm',
      said: 'A large latte with some milk. Right?',
    });
    expect(leg.listening).toBeDefined();
  });

  test('is back at the node that was left by mistake', async () => {
    const house = new House();
    const leg = await house.call();
    await house.says(leg, 'where is my order');
    expect(house.notes.get('call-1')?.state.nodeId).toBe('number');
    house.stt.hear({ readings: [{ text: 'I want to order', posterior: 0.99 }] });
    await goesOn({ house, leg });
    expect(house.last).toMatchObject({ nodeId: 'main', nextNodeId: 'drink', input: { takesBack: true } });
    expect(house.notes.get('call-1')?.state.nodeId).toBe('drink');
  });

  test('may go on twice', async () => {
    const call = await answered(100);
    call.house.stt.hear({ readings: [{ text: 'a large latte with some milk', posterior: 0.99 }] });
    call.leg.startSpeaking();
    await call.house.wait(600);
    call.leg.pauseSpeaking(words.subarray(0, 4_800));
    await call.house.wait(DECIDED_MS + 100);
    expect(call.house.turns).toHaveLength(4);
    call.house.stt.hear({ readings: [{ text: 'a large mocha with some milk', posterior: 0.99 }] });
    await goesOn(call);
    expect(call.house.stt.requests.at(-1)?.samples.length).toBeGreaterThan(words.length + 9_600);
    expect(call.house.last?.said).toBe('A large mocha with some milk. Right?');
  });

  test('and says what no sentence goes on with is heard by that alone', async () => {
    const call = await answered(300);
    call.house.stt.hear(
      { readings: [{ text: 'a large latte', posterior: 0.4 }], free: 'A large latte. Yes.' },
      { readings: [{ text: 'yes', posterior: 0.99 }] },
    );
    await goesOn(call);
    expect(call.house.last).toMatchObject({ outcome: 'confirmed', nextNodeId: 'main' });
  });

  test('and adds nothing (“please”) hears the rest of the answer', async () => {
    const call = await answered(300);
    const nothing = { readings: [], free: 'Please.', noSpeechProb: 0.1 };
    call.house.stt.hear({ readings: [{ text: 'a large latte', posterior: 0.99 }] }, nothing);
    await goesOn(call);
    expect(call.house.turns).toHaveLength(3);
    expect(call.leg.calls.at(-1)?.type).not.toBe('flush');
    expect(call.leg.calls.filter(({ type }) => type === 'resume')).toHaveLength(1);
  });
});

test('a caller who has heard some of the answer replies to it', async () => {
  const call = await answered(700);
  call.house.stt.hear({ readings: [{ text: 'yes', posterior: 0.99 }] });
  await goesOn(call);
  expect(call.house.last).toMatchObject({ outcome: 'confirmed', nextNodeId: 'main' });
  expect(call.house.last?.input).not.toHaveProperty('takesBack');
});

describe('the sound of what was said', () => {
  const at = (decidedMs: number): Answered => ({
    said: { samples: words, speechStartMs: 0, atMs: decidedMs },
    meaning: undefined,
    decidedMs,
    listen: {
      type: 'listen',
      expectation: { kind: 'choice', options: [], forms: [] },
      keys: { kind: 'choice', keys: new Set() },
      face: 'ai',
      keypadPrompt: [],
      bargeIn: true,
      sensitive: true,
    },
    state: initialState(smallFlow),
  });

  test('is there as long as a caller may go on with it, and as the word of that may be late', () => {
    const clock = new FakeClock();
    clock.advance(1_000);
    const answered = at(990);
    const chance = new SecondChance(answered, clock);
    clock.advance(789);
    expect(chance.goneOnWith(1_590)).toBe(answered);
    expect(chance.goneOnWith(1_591)).toBeUndefined();
    clock.advance(1);
    expect(chance.goneOnWith(1_590)).toBeUndefined();
  });

  test('is let go of before, when the question is answered by a key or the call has ended', () => {
    const clock = new FakeClock();
    const chance = new SecondChance(at(0), clock);
    chance.letGo();
    chance.letGo();
    expect(chance.goneOnWith(100)).toBeUndefined();
    expect(clock.pendingCount).toBe(0);
  });

  /** The caller says something and hears the answer. */
  async function answeredOnce(house: House, leg: FakeMediaLeg): Promise<WeakRef<Int16Array>> {
    const sound = Int16Array.from(words);
    house.stt.hear({ readings: [{ text: 'where is my order', posterior: 0.99 }] });
    leg.startSpeaking();
    await house.wait(1_000);
    leg.pauseSpeaking(sound);
    await house.wait(400);
    return new WeakRef(sound);
  }

  /** Whether nobody holds it. The fake recogniser does, which keeps what it was asked. */
  async function isGone(sound: WeakRef<Int16Array>, house: House): Promise<boolean> {
    house.stt.requests.length = 0;
    await new Promise(setImmediate);
    collectGarbage();
    return sound.deref() === undefined;
  }

  test('is gone from the whole call when the caller listens to the answer', async () => {
    const house = new House();
    const leg = await house.call();
    const sound = await answeredOnce(house, leg);
    expect(await isGone(sound, house)).toBe(false);
    await house.wait(800);
    expect(await isGone(sound, house)).toBe(true);
    expect(house.last).toMatchObject({ nextNodeId: 'number' });
    expect(leg.listening).toBeDefined();
  });

  test('is gone when what they went on with was heard', async () => {
    const house = new House();
    const leg = await house.call();
    const sound = await answeredOnce(house, leg);
    house.stt.hear({ readings: [{ text: 'I want to order', posterior: 0.99 }] });
    await goesOn({ house, leg });
    expect(house.last).toMatchObject({ nextNodeId: 'drink', input: { takesBack: true } });
    expect(await isGone(sound, house)).toBe(true);
  });
});

describe('two parts of an utterance', () => {
  const part = (length: number, fill: number, atMs: number): Utterance => ({
    samples: new Int16Array(8 * length).fill(fill),
    speechStartMs: atMs - length,
    atMs,
  });

  test('are joined with the pause between them, as far as it tells something', () => {
    const whole = joined(part(500, 1, 1_000), part(400, 2, 1_600));
    expect(whole).toMatchObject({ speechStartMs: 500, atMs: 1_600 });
    expect([...new Set(whole.samples)]).toEqual([1, 0, 2]);
    expect(whole.samples).toHaveLength(8 * (500 + 200 + 400));
    expect(joined(part(500, 1, 1_000), part(400, 2, 2_400)).samples).toHaveLength(8 * (500 + 300 + 400));
  });

  test('that overlap are not heard twice', () => {
    expect(joined(part(500, 1, 1_000), part(400, 2, 1_300)).samples).toHaveLength(8 * (500 + 300));
  });
});
