import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SOUND, type EndpointingOptions, type Sound } from '../../src/dialog/endpointing.js';
import { expectationsOf } from '../../src/dialog/expecting.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import { loadFlow } from '../../src/flow/load.js';
import { projectRoot } from '../../src/kernel/paths.js';
import { sensitive } from '../../src/kernel/sensitive.js';
import { answerTo } from './judge.js';
import type { Pause, Timeline } from './timeline.js';

/** A line of recorded.jsonl: what detector and recogniser made of a recording, by `endpointing`'s own material. */
interface Recorded {
  /** As it was spoken, or with a pause of 300 to 900 ms cut in. */
  readonly kind: 'spoken' | 'paused';
  readonly name: string;
  readonly endMs: number;
  readonly pauses: readonly (Pick<Pause, 'lastVoicedMs' | 'endedMs' | 'atMs'> & {
    readonly resumedMs?: number;
    /** Text and posterior. */
    readonly readings: readonly (readonly [string, number])[];
    readonly free: {
      readonly text: string;
      readonly logProb: number;
      readonly tokens: number;
      readonly runaway: boolean;
      readonly closing?: number;
    } | null;
    readonly noSpeechProb: number;
  })[];
}

const options = { minEndpointMs: 250, breathMs: 380, maxEndpointMs: 1_000 };
const ACCEPT = 0.8;
/** The grammar of a whole flow, on a machine that does much else. */
const COMPILED_WITHIN_MS = 60_000;
/** As on an idle machine. */
const RECOGNITION_MS = 190;
const timelines: Record<Recorded['kind'], Timeline[]> = { spoken: [], paused: [] };

beforeAll(async () => {
  const flow = await loadFlow(join(projectRoot, 'flows', 'cafe.json'));
  const [expectation] = expectationsOf(flow, flow.start);
  if (!expectation) throw new Error('the flow asks nothing');
  const compiled = compileExpectation(expectation);
  const timings = { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: 0, totalMs: 0 };
  const lines = readFileSync(join(import.meta.dirname, 'recorded.jsonl'), 'utf8')
    .trim()
    .split('\n');
  for (const { kind, name, endMs, pauses } of lines.map((line) => JSON.parse(line) as Recorded)) {
    const understood = pauses.map(async ({ readings, free, noSpeechProb, resumedMs, ...moments }): Promise<Pause> => {
      const heard = free ? { ...free, text: sensitive(free.text) } : undefined;
      const said = readings.map(([text, posterior]) => ({ text: sensitive(text), posterior, logProb: -1, tokens: 5 }));
      const understanding = await compiled.understand({ readings: said, free: heard, noSpeechProb, timings });
      return { ...moments, resumedMs, understanding, free: heard, recognitionMs: RECOGNITION_MS };
    });
    timelines[kind].push({ name, endMs, pauses: await Promise.all(understood) });
  }
}, COMPILED_WITHIN_MS);

function outcome(kind: Recorded['kind'], changed: Partial<EndpointingOptions> = {}, sound: Sound = SOUND) {
  const answers = timelines[kind].map((timeline) => answerTo(timeline, ACCEPT, { ...options, ...changed }, sound));
  const waits = answers
    .flatMap((answer) => (answer.type === 'finished' ? [answer.waitedMs] : []))
    .sort((a, b) => a - b);
  return {
    cutOff: answers.filter(({ type }) => type === 'cut-off').length,
    takenBack: answers.filter((answer) => answer.type === 'cut-off' && answer.takenBack).length,
    middleMs: waits[Math.floor(waits.length / 2)] ?? NaN,
  };
}

/** Every sentence sounds closed. */
const DEAF: Sound = { closed: 0.01, open: 0 };

test('nobody is cut off in a natural pause, and half of the callers are answered within 420 ms', () => {
  const { cutOff, middleMs } = outcome('spoken');
  expect(timelines.spoken).toHaveLength(22);
  expect(cutOff).toBe(0);
  expect(middleMs).toBeLessThan(420);
});

test('of callers who pause in the middle nearly all are heard out: by how they sound, and by what is missing', () => {
  expect(timelines.paused).toHaveLength(22);
  expect(outcome('paused').cutOff).toBe(1);
  expect(outcome('paused', {}, DEAF).cutOff).toBe(4);
  expect(outcome('paused', { maxEndpointMs: 700 }).cutOff).toBe(6);
});

test('callers who are answered in a pause and go on are heard as one: their answers are taken back', () => {
  expect(outcome('paused').takenBack).toBe(1);
  expect(outcome('paused', {}, DEAF).takenBack).toBe(4);
});

test('a longer breath for all costs all of them, and saves nobody', () => {
  const patient = outcome('paused', { breathMs: 600 });
  expect(patient.cutOff).toBe(outcome('paused').cutOff);
  expect(patient.middleMs).toBeGreaterThan(600);
});
