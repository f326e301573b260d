import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { PATIENCE, type EndpointingOptions, type Patience } from '../../src/dialog/endpointing.js';
import { expectationsOf } from '../../src/dialog/expecting.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import { loadFlow } from '../../src/flow/load.js';
import { projectRoot } from '../../src/kernel/paths.js';
import { answerTo } from './judge.js';
import { timelineFrom, type Recorded } from './recorded.js';
import type { Timeline } from './timeline.js';

const options = { minEndpointMs: 250, breathMs: 380, maxEndpointMs: 1_020 };
const ACCEPT = 0.8;
/** The grammar of a whole flow, on a machine that does much else. */
const COMPILED_WITHIN_MS = 60_000;
/** As on an idle machine. */
const RECOGNITION_MS = 190;
/** As the bench names the material; the rest has a pause of 300 to 900 ms cut in. */
const SPOKEN = 'orders as they were spoken';
const timelines: { readonly spoken: Timeline[]; readonly paused: Timeline[] } = { spoken: [], paused: [] };

beforeAll(async () => {
  const flow = await loadFlow(join(projectRoot, 'flows', 'cafe.json'));
  const [expectation] = expectationsOf(flow, flow.start);
  if (!expectation) throw new Error('the flow asks nothing');
  const compiled = compileExpectation(expectation);
  const lines = readFileSync(join(import.meta.dirname, 'recorded.jsonl'), 'utf8')
    .trim()
    .split('\n');
  for (const line of lines) {
    const recorded = JSON.parse(line) as Recorded;
    const timeline = await timelineFrom(recorded, compiled, RECOGNITION_MS);
    (recorded.kind === SPOKEN ? timelines.spoken : timelines.paused).push(timeline);
  }
}, COMPILED_WITHIN_MS);

function outcome(
  kind: keyof typeof timelines,
  changed: Partial<EndpointingOptions> = {},
  patience: Patience = PATIENCE,
) {
  const answers = timelines[kind].map((timeline) => answerTo(timeline, ACCEPT, { ...options, ...changed }, patience));
  const waits = answers
    .flatMap((answer) => (answer.type === 'finished' ? [answer.waitedMs] : []))
    .sort((a, b) => a - b);
  return {
    cutOff: answers.filter(({ type }) => type === 'cut-off').length,
    takenBack: answers.filter((answer) => answer.type === 'cut-off' && answer.takenBack).length,
    middleMs: waits[Math.floor(waits.length / 2)] ?? NaN,
  };
}

/** Whoever may go on is taken for finished. */
const DEAF: Patience = { ...PATIENCE, open: -1, sure: -2, moment: 0, both: undefined };

test('nobody is cut off in a natural pause, and half of the callers are answered within 420 ms', () => {
  const { cutOff, middleMs } = outcome('spoken');
  expect(timelines.spoken).toHaveLength(23);
  expect(cutOff).toBe(0);
  expect(middleMs).toBeLessThan(420);
});

test('of callers who pause in the middle nearly all are heard out: by how they sound, and by what is missing', () => {
  expect(timelines.paused).toHaveLength(23);
  expect(outcome('paused').cutOff).toBe(0);
  expect(outcome('paused', {}, DEAF).cutOff).toBe(3);
  expect(outcome('paused', {}, { ...DEAF, both: PATIENCE.both }).cutOff).toBe(0);
  expect(outcome('paused', { maxEndpointMs: 700 }).cutOff).toBe(5);
});

test('“I’d like a drip …” is heard as “I’d like a drink”, which is a whole wish, and yet waited for', () => {
  const named = timelines.paused.find(({ name }) => name === 'ad5671da');
  expect(named?.pauses.map(({ understanding }) => understanding.text.reveal())).toEqual([
    "i'd like a drink",
    "i'd like a drip coffee",
  ]);
  expect(named && answerTo(named, ACCEPT, options).type).toBe('finished');
});

test('callers who are answered in a pause and go on are heard as one: their answers are taken back', () => {
  expect(outcome('paused', {}, DEAF).takenBack).toBe(3);
});

test('a longer breath for all costs all of them, and saves nobody', () => {
  const patient = outcome('paused', { breathMs: 600 });
  const asItIs = outcome('paused');
  expect(patient.cutOff).toBe(asItIs.cutOff);
  expect(patient.middleMs - asItIs.middleMs).toBeGreaterThanOrEqual(200);
});
