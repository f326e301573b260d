import { describe, expect, it } from 'vitest';
import { breakerDefaults } from './breaker.js';
import { FailoverChat, FailoverStt, FailoverTts } from './failover.js';
import { guardChat, guardIntents, guardStt, guardTts } from './guarded-engines.js';
import { HandrailError } from '../kernel/errors.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger, silentLogger } from '../kernel/log.js';
import { FakeChat, FakeStt, FakeTts } from '../local-models/fakes.js';
import type { EngineState, IntentClassifier } from '../local-models/ports.js';

const utterance = { samples: new Int16Array(1_600), mode: 'free' as const };
const limits = { deadlineMs: 900 };
const question = { system: '', messages: [], maxTokens: 8, temperature: 0 };

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function house() {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const engine = new FakeStt(clock, [], 100);
  const stt = guardStt(engine, 900, { clock, log });
  const states: EngineState[] = [];
  stt.onState((state) => states.push(state));
  const ask = async (): Promise<string> => {
    const answer = stt.recognise(utterance, limits).then(
      () => 'answered',
      () => 'failed',
    );
    await settle();
    clock.advance(900);
    return answer;
  };
  return { clock, log, engine, stt, states, ask };
}

describe('an engine behind its breaker', () => {
  it('is down after bad answers, whatever it says of itself, and back after a good probe', async () => {
    const { clock, engine, stt, states, ask, log } = house();
    engine.mood = { type: 'hang' };
    for (let i = 0; i < breakerDefaults.failures; i++) expect(await ask()).toBe('failed');
    expect(engine.state).toBe('ready');
    expect({ state: stt.state, breaker: stt.breaker }).toEqual({ state: 'down', breaker: 'open' });
    expect(stt.problem).toContain('did not answer within its deadline');
    expect(log.lines.at(-1)?.message).toContain('breaker is open');

    engine.mood = { type: 'answer', afterMs: 100 };
    const asked = engine.requests.length;
    clock.advance(breakerDefaults.restMs);
    await settle();
    expect(stt.breaker).toBe('half-open');
    expect(engine.requests).toHaveLength(asked + 1);
    clock.advance(100);
    await settle();
    expect(stt.state).toBe('ready');
    expect(states).toEqual(['down', 'ready']);
  });

  it('stays down while its probes fail', async () => {
    const { clock, engine, stt, ask } = house();
    engine.mood = { type: 'fail', message: 'no' };
    for (let i = 0; i < breakerDefaults.failures; i++) await ask();
    clock.advance(breakerDefaults.restMs);
    await settle();
    expect({ state: stt.state, breaker: stt.breaker }).toEqual({ state: 'down', breaker: 'open' });
  });

  it('is probed at once when it was started anew, and not while it is being started', async () => {
    const { clock, engine, stt, ask } = house();
    engine.mood = { type: 'hang' };
    for (let i = 0; i < breakerDefaults.failures; i++) await ask();
    engine.become('down', 'it fell');
    const asked = engine.requests.length;
    clock.advance(10 * breakerDefaults.maxRestMs);
    await settle();
    expect(engine.requests).toHaveLength(asked);
    engine.mood = { type: 'answer', afterMs: 100 };
    engine.become('ready');
    await settle();
    expect(engine.requests).toHaveLength(asked + 1);
    clock.advance(100);
    await settle();
    expect(stt.state).toBe('ready');
  });

  it('is not judged by a caller who went on at once, but by one who was kept waiting', async () => {
    const { clock, engine, stt } = house();
    engine.mood = { type: 'hang' };
    const leave = async (afterMs: number): Promise<void> => {
      for (let i = 0; i < breakerDefaults.failures; i++) {
        const gone = new AbortController();
        const asked = stt.recognise(utterance, { deadlineMs: 5_000, signal: gone.signal }).catch(() => undefined);
        await settle();
        clock.advance(afterMs);
        gone.abort();
        await asked;
      }
    };
    await leave(200);
    expect(stt.breaker).toBe('closed');
    await leave(1_100);
    expect(stt.breaker).toBe('open');
  });

  it('judges a stream by its end, and one that was left by what had come', async () => {
    const clock = new FakeClock();
    const engine = new FakeChat(clock, ['One. Two. Three.']);
    const chat = guardChat(engine, 900, { clock, log: silentLogger });
    engine.mood = { type: 'fail', message: 'no' };
    for (let i = 0; i < breakerDefaults.failures; i++) {
      await expect(
        (async () => {
          for await (const _ of chat.complete(question, limits));
        })(),
      ).rejects.toMatchObject({ code: 'HR_ENGINE_FAILED' });
    }
    expect(chat.breaker).toBe('open');
    await chat.close();
  });
});

describe('a voice behind its breaker', () => {
  it('that falls silent is given up in time for the rest of the sentence, and at once when it did so before', async () => {
    const clock = new FakeClock();
    const engine = new FakeTts(clock);
    engine.mood = { type: 'hang' };
    const tts = guardTts(engine, 4_000, { clock, log: silentLogger });
    const speak = async (waitMs: number): Promise<unknown> => {
      const spoken = (async () => {
        for await (const _ of tts.speak('One moment.', { deadlineMs: 4_000 }));
      })().catch((error: unknown) => error);
      await settle();
      clock.advance(waitMs);
      return spoken;
    };
    for (let i = 0; i < breakerDefaults.failures; i++)
      expect(await speak(1_000)).toMatchObject({ code: 'HR_ENGINE_DEADLINE' });
    expect(await speak(0)).toMatchObject({ code: 'HR_ENGINE_DOWN' });
    await tts.close();
  });
});

describe('sentences behind their breaker', () => {
  it('are judged by words alone once the classifier has been late again and again, and by it after a good probe', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    let late = true;
    const engine: IntentClassifier = {
      name: 'intents',
      state: 'ready',
      problem: undefined,
      onState: () => () => undefined,
      close: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
      classify: (task) => {
        asked.push(task.id);
        return late ? Promise.reject(new HandrailError('HR_ENGINE_DEADLINE', 'intents')) : Promise.resolve([1]);
      },
    };
    const intents = guardIntents(engine, 1_000, { clock, log: silentLogger });
    const task = { id: 'menu', classes: [['yes']], others: [] };
    const ask = (): Promise<unknown> => intents.classify(task, 'yes', limits).catch((error: unknown) => error);
    for (let i = 0; i < breakerDefaults.failures; i++)
      expect(await ask()).toMatchObject({ code: 'HR_ENGINE_DEADLINE' });
    expect(intents).toMatchObject({ component: 'nlu', state: 'down', breaker: 'open' });
    expect(await ask()).toMatchObject({ code: 'HR_ENGINE_DOWN' });
    late = false;
    clock.advance(breakerDefaults.restMs);
    await settle();
    expect(asked).toEqual([...new Array<string>(breakerDefaults.failures).fill('menu'), 'probe']);
    expect(intents).toMatchObject({ state: 'ready', breaker: 'closed' });
    expect(await ask()).toEqual([1]);
  });
});

describe('a second voice', () => {
  const sentence = 'One moment.';
  const twoVoices = (clock: FakeClock) => {
    const [first, second] = [new FakeTts(clock), new FakeTts(clock)];
    const guard = { clock, log: silentLogger };
    const tts = new FailoverTts([guardTts(first, 4_000, guard, 500), guardTts(second, 4_000, guard)], clock);
    const others: string[] = [];
    const onOtherVoice = (): void => void others.push(sentence);
    const speak = async (): Promise<number> => {
      let chunks = 0;
      for await (const _ of tts.speak(sentence, { deadlineMs: 4_000, onOtherVoice })) chunks++;
      return chunks;
    };
    return { first, second, others, tts, speak };
  };

  it('speaks within the turn when the first one makes no sound', async () => {
    const clock = new FakeClock();
    const { first, second, speak } = twoVoices(clock);
    first.mood = { type: 'hang' };
    const spoken = speak();
    await settle();
    clock.advance(500);
    await settle();
    expect(second.texts).toEqual([sentence]);
    clock.advance(50);
    expect(await spoken).toBe(2);
  });

  it('is asked at once while the first one rests, and left alone when that is well', async () => {
    const clock = new FakeClock();
    const { first, second, others, tts, speak } = twoVoices(clock);
    const soon = async (): Promise<number> => {
      const spoken = speak();
      await settle();
      clock.advance(50);
      return spoken;
    };
    expect(await soon()).toBe(2);
    expect([second.texts, others]).toEqual([[], []]);
    first.become('down', 'it fell');
    expect(tts.state).toBe('ready');
    expect(await soon()).toBe(2);
    expect(first.texts).toHaveLength(1);
    expect([second.texts, others]).toEqual([[sentence], [sentence]]);
  });

  it('does not begin a sentence again that was half said', async () => {
    const clock = new FakeClock();
    const { first, second, speak } = twoVoices(clock);
    first.speak = async function* () {
      yield new Int16Array(80);
      await Promise.reject(new Error('it broke off'));
    };
    await expect(speak()).rejects.toThrow('broke off');
    expect(second.texts).toEqual([]);
  });
});

describe('a second engine', () => {
  const clock = new FakeClock();

  it('is asked when the first one fails, as long as the deadline allows it', async () => {
    const [first, second] = [new FakeStt(clock, [], 100), new FakeStt(clock, [{ free: 'hello' }], 100)];
    const stt = new FailoverStt([first, second], clock);
    first.mood = { type: 'fail', message: 'no' };
    const answer = stt.recognise(utterance, limits);
    await settle();
    clock.advance(100);
    expect((await answer).free?.text.reveal()).toBe('hello');
  });

  it('is not asked when the first one has used the time up', async () => {
    const [first, second] = [new FakeStt(clock), new FakeStt(clock)];
    first.mood = { type: 'hang' };
    const answer = new FailoverStt([first, second], clock)
      .recognise(utterance, limits)
      .catch((error: unknown) => error);
    await settle();
    clock.advance(900);
    expect(await answer).toMatchObject({ code: 'HR_ENGINE_DEADLINE' });
    expect(second.requests).toEqual([]);
  });

  it('takes over while the first one is down', async () => {
    const [first, second] = [new FakeStt(clock), new FakeStt(clock, [{ free: 'hello' }], 100)];
    const stt = new FailoverStt([first, second], clock);
    const states: EngineState[] = [];
    stt.onState((state) => states.push(state));
    first.become('down', 'it fell');
    const answer = stt.recognise(utterance, limits);
    await settle();
    clock.advance(100);
    expect((await answer).free?.text.reveal()).toBe('hello');
    expect(first.requests).toEqual([]);
    expect(states).toEqual([]);
    second.become('down');
    expect(states).toEqual(['down']);
  });

  it('does not go on with an answer that another model has begun', async () => {
    const [first, second] = [new FakeChat(clock, []), new FakeChat(clock, ['Three.'])];
    first.complete = async function* () {
      yield 'One. ';
      await Promise.reject(new Error('it broke off'));
    };
    const heard: string[] = [];
    const reading = (async () => {
      for await (const piece of new FailoverChat([first, second], clock).complete(question, limits)) heard.push(piece);
    })();
    await expect(reading).rejects.toThrow('broke off');
    expect(heard).toEqual(['One. ']);
  });
});
