import { expect, test } from 'vitest';
import { hear } from './hear.js';
import { compileExpectation } from './nlu/compile.js';
import { simulate, type SimulatedInput } from './simulate.js';
import { smallFlow } from './testing/small-flow.js';
import { CachingUnderstander } from './understander.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { FakeStt, type ScriptedRecognition } from '../local-models/fakes.js';

const world = { nlu: new CachingUnderstander(compileExpectation), nowMs: () => 0 };
const now = { wallMs: 0, speech: true, languageModel: false };
const samples = new Int16Array(8_000);

async function heard(script: ScriptedRecognition, { inputs = [] as SimulatedInput[], takesMs = 120 } = {}) {
  const clock = new FakeClock();
  const stt = new FakeStt(clock, [script], takesMs);
  const result = hear(smallFlow, inputs, now, samples, {
    ...world,
    stt,
    nowMs: () => clock.nowMs(),
    sttDeadlineMs: 1_000,
  });
  clock.advance(2_000);
  return { result: await result, stt };
}

test('speech is recognised with the grammar of the moment, and is the next input of the call', async () => {
  const script = { readings: [{ text: 'i want to order', posterior: 0.9 }] };
  const { result, stt } = await heard(script);
  expect(stt.requests[0]?.grammar).toBeDefined();
  expect(stt.requests[0]?.samples).toBe(samples);
  expect(result).toMatchObject({ type: 'heard', text: 'i want to order' });
  const step = simulate(smallFlow, result ? [result] : [], now, world).at(-1);
  expect(step).toMatchObject({ nodeId: 'drink' });
});

test('a noise, a recogniser that is too late, and a moment at which nothing is asked', async () => {
  expect((await heard({ noSpeechProb: 0.95 })).result).toEqual({ type: 'noise' });
  expect((await heard({}, { takesMs: 1_500 })).result).toEqual({ type: 'trouble', reason: 'deadline' });
  expect((await heard({}, { inputs: [{ type: 'keys', keys: '0' }] })).result).toBeUndefined();
});
