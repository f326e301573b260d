import { expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { FakeProcess } from './fake-process.js';
import { supervisionDefaults } from './supervisor.js';
import { Whisper } from './whisper.js';
import { WorkerPool } from './worker-pool.js';

const RESULT = {
  type: 'result',
  readings: [{ text: 'large latte', logProb: -2, tokens: 2, posterior: 0.9, ears: null }],
  free: { text: 'large latte', logProb: -3, tokens: 2, runaway: false, closing: 0.7, finished: 0.8 },
  noSpeechProb: 0.01,
  timings: { featuresMs: 3, encodeMs: 80, decodeMs: 60 },
};
const GRAMMAR = { id: 'g', arcs: [{ from: 0, to: 1, phrase: 'large latte' }], finals: [1] };
const SAMPLES = new Int16Array(800);

function setUp(): { whisper: Whisper; process: FakeProcess } {
  const process = new FakeProcess();
  const clock = new FakeClock();
  const whisper = new Whisper(
    new WorkerPool({
      name: 'whisper',
      workers: 1,
      start: () => process,
      finalTypes: new Set(['result', 'prepared']),
      clock,
      random: () => 0,
      log: silentLogger,
      options: supervisionDefaults,
    }),
    clock,
  );
  process.say({ type: 'ready' });
  return { whisper, process };
}

test('wraps the words of the caller where they enter', async () => {
  const { whisper, process } = setUp();
  const answer = whisper.recognise({ samples: SAMPLES, grammar: GRAMMAR }, { deadlineMs: 500 });
  expect(process.asked).toMatchObject([
    { type: 'prepare', grammar: { id: 'g', arcs: [[0, 1, 'large latte', 0]], finals: [1] } },
    { type: 'recognise', grammarId: 'g', mode: 'grammar', rateHz: 8_000 },
  ]);
  process.say({ ...RESULT, id: process.asked[1]?.['id'] });
  const recognition = await answer;
  expect(JSON.stringify(recognition)).not.toContain('latte');
  expect(recognition.readings[0]?.text.reveal()).toBe('large latte');
  expect(recognition.timings).toMatchObject({ queueMs: 0, encodeMs: 80 });
});

test('tells how many digits a question wants', async () => {
  const { whisper, process } = setUp();
  void whisper.prepare({ ...GRAMMAR, digits: { min: 4, max: 8 } });
  await Promise.resolve();
  expect(process.asked[0]).toMatchObject({ type: 'prepare', grammar: { digits: [4, 8] } });
});

test('tells a grammar again that the worker has dropped, once', async () => {
  const { whisper, process } = setUp();
  const answer = whisper.recognise({ samples: SAMPLES, grammar: GRAMMAR }, { deadlineMs: 500 });
  process.say({ type: 'error', message: 'unknown-grammar', id: process.asked[1]?.['id'] });
  await Promise.resolve();
  await Promise.resolve();
  expect(process.asked.map((header) => header.type)).toEqual(['prepare', 'recognise', 'prepare', 'recognise']);
  process.say({ type: 'error', message: 'unknown-grammar', id: process.asked[3]?.['id'] });
  await expect(answer).rejects.toMatchObject({ code: 'HR_ENGINE_FAILED' });
});

test('an answer of another shape is a failure of the engine', async () => {
  const { whisper, process } = setUp();
  const answer = whisper.recognise({ samples: SAMPLES }, { deadlineMs: 500 });
  process.say({ ...RESULT, readings: 'none', id: process.asked[0]?.['id'] });
  await expect(answer).rejects.toMatchObject({ code: 'HR_ENGINE_FAILED' });
});
