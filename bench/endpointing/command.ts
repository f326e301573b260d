import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { confidenceFor } from '../../src/calibration-file.js';
import { openHearing } from '../../src/cli/hearing.js';
import { expectationsOf } from '../../src/dialog/expecting.js';
import { PATIENCE, type EndpointingOptions, type Patience } from '../../src/dialog/endpointing.js';
import type { CompiledExpectation } from '../../src/dialog/ports.js';
import { modelFile } from '../../src/engines.js';
import type { Expectation } from '../../src/flow/expectation.js';
import { SileroModel } from '../../src/externalmedia/vad/silero.js';
import { SileroSession } from '../../src/externalmedia/vad/silero-session.js';
import { defaultsOf } from '../../src/flow/schema.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { readCommands, spread } from '../commands.js';
import { count, flowOf, foundSpeechFolder, readOptions } from '../tools.js';
import { answerTo, type CutOff } from './judge.js';
import { digitGroups, withPause, withPauseElsewhere, type Spoken } from './material.js';
import { describePauses, pauseTable, type PausesAt } from './pause-table.js';
import { recordedOf } from './recorded.js';
import { pausesIn, timelineOf, type Timeline } from './timeline.js';
import { readVoices } from './voices.js';

const MODEL = 'whisper-tiny.en';
/** As the configuration's defaults. */
const OPTIONS = { pauseMs: 120, minEndpointMs: 250, breathMs: 380, maxEndpointMs: 1_020 } as const;
/** What else the breath could be: the curve to choose from. */
const BREATHS_MS = [300, 350, 380, 410, 440, 500, 600, 700, 800, 900] as const;
/** The sentence alone, as before ADR 94. */
const SENTENCE: Patience = { ...PATIENCE, both: undefined };
const BOTH = PATIENCE.both;
/** How else callers could be waited for who may go on. */
const PATIENCES: readonly { readonly name: string; readonly patience: Patience }[] = [
  { name: 'as it is', patience: PATIENCE },
  { name: 'by the sentence alone', patience: SENTENCE },
  { name: 'by the sentence alone, no moment', patience: { ...SENTENCE, open: 0.9699, moment: 0 } },
  { name: 'no moment of the sentence', patience: { ...PATIENCE, moment: 0 } },
  { name: 'half of the moment for both', patience: { ...PATIENCE, both: { ...BOTH, moment: BOTH.moment / 2 } } },
  { name: 'a wait from 0.97 down for both', patience: { ...PATIENCE, both: { ...BOTH, closed: 0.97 } } },
  { name: 'all of the way from 0.5', patience: { ...PATIENCE, both: { ...BOTH, sure: 0.5 } } },
  { name: 'all of the way from 0.7', patience: { ...PATIENCE, both: { ...BOTH, sure: 0.7 } } },
];
/** As many recordings are played to the detector together. */
const PLAYED_AT_ONCE = 16;
/** A caller who goes on so early has heard the first word of the answer at most. */
const AT_ONCE_MS = 200;

interface Material {
  readonly name: string;
  readonly spoken: readonly { readonly spoken: Spoken; readonly compiled: CompiledExpectation }[];
}

interface Heard {
  readonly name: string;
  readonly timelines: readonly Timeline[];
}

interface Outcome {
  /** Share 0 … 1 of callers who were answered in a pause. */
  readonly cutOff: number;
  /** Of these, share of all callers who went on within 200 ms of the decision. */
  readonly atOnce: number;
  /** Of these, share of all callers whose answer was not taken back: what they said before and after it is not one. */
  readonly notTakenBack: number;
  /** From the caller's last voiced sample to the decision, of those who were not. */
  readonly waitedMs: { readonly mean: number; readonly p50: number; readonly p95: number; readonly max: number };
}

export interface EndpointingRun extends Outcome {
  readonly material: string;
  readonly n: number;
  /** The same with other values of `dialog.breathMs`, on the same recognitions. */
  readonly curve: readonly (Outcome & { readonly breathMs: number })[];
  /** The same with other patience. */
  readonly patiences: readonly (Outcome & { readonly name: string })[];
  /** Where callers paused, for how long, and how often they were cut off there. */
  readonly pauses: readonly PausesAt[];
}

/** The file that `--json` writes. */
export interface EndpointingResult {
  readonly runs: readonly EndpointingRun[];
}

/** `npm run bench -- endpointing`. @throws HandrailError HR_USAGE */
export async function benchEndpointing(
  args: readonly string[],
  print: (line: string) => void,
): Promise<EndpointingResult> {
  const options = readOptions(args, [
    'speech',
    'flow',
    'orders',
    'digits',
    'recognition',
    'strangers',
    'timelines',
    'json',
  ]);
  const folder = options.speech ?? foundSpeechFolder();
  const flow = await flowOf(options.flow);
  const { accept } = defaultsOf(flow);
  const [expectation] = expectationsOf(flow, flow.start);
  if (!expectation) throw new HandrailError('HR_USAGE', 'The flow begins where nothing is asked.');
  const commands = spread(await readCommands(folder), count('--orders', options.orders ?? '100'));
  const voices = options.strangers === undefined ? {} : await readVoices(options.strangers, commands);
  const orders = await Promise.all(
    commands.map(async ({ file }) => ({
      name: file,
      speaker: voices[file],
      samples: await readWav(join(folder, file)),
    })),
  );
  const mostMs = options.recognition === undefined ? Infinity : count('--recognition', options.recognition);
  const numbers = await digitGroups(folder, count('--digits', options.digits ?? '40'));
  const vad = new SileroModel(await SileroSession.load(modelFile('silero-vad-v5', '.onnx')), systemClock);
  const confidence = await confidenceFor({ engine: 'whisper', model: MODEL });
  const hearing = await openHearing({ model: MODEL, kept: true, confidence, strangers: options.strangers });
  const { understander } = hearing;
  const compiled = understander.compile(expectation);
  const materials: readonly Material[] = [
    { name: 'orders as they were spoken', spoken: orders.map((spoken) => ({ spoken, compiled })) },
    { name: 'orders with a pause inside', spoken: orders.map((one, n) => ({ spoken: withPause(one, n), compiled })) },
    {
      name: 'orders with a pause elsewhere',
      spoken: orders.flatMap((one, n) => {
        const spoken = withPauseElsewhere(one, n);
        return spoken ? [{ spoken, compiled }] : [];
      }),
    },
    {
      name: 'numbers in two groups',
      spoken: numbers.map((spoken) => ({ spoken, compiled: understander.compile(numberOf(spoken.digits.length)) })),
    },
  ];
  const heard: Heard[] = [];
  try {
    const nowMs = (): number => systemClock.nowMs();
    const { pauseMs, maxEndpointMs: maxPauseMs } = OPTIONS;
    const detector = { scorer: () => vad.stream(), pauseMs, maxPauseMs };
    for (const { name, spoken } of materials) {
      const timelines: Timeline[] = [];
      for (let from = 0; from < spoken.length; from += PLAYED_AT_ONCE) {
        const some = spoken.slice(from, from + PLAYED_AT_ONCE);
        const found = await Promise.all(some.map(({ spoken: { samples } }) => pausesIn(samples, detector)));
        for (const [n, { spoken: one, compiled }] of some.entries()) {
          const stt = await hearing.sttFor(one.speaker);
          const timeline = await timelineOf(one, found[n] ?? [], { stt, compiled, nowMs });
          timelines.push(recognisedWithin(timeline, mostMs));
        }
      }
      heard.push({ name, timelines });
    }
  } finally {
    await hearing.close();
    await vad.close();
  }
  const runs = heard.map(({ name, timelines }): EndpointingRun => ({
    material: name,
    n: timelines.length,
    ...outcomeOf(timelines, accept, OPTIONS),
    curve: BREATHS_MS.map((breathMs) => ({ breathMs, ...outcomeOf(timelines, accept, { ...OPTIONS, breathMs }) })),
    patiences: PATIENCES.map(({ name, patience }) => ({
      name,
      ...outcomeOf(timelines, accept, OPTIONS, patience),
    })),
    pauses: pauseTable(timelines, accept, OPTIONS),
  }));
  for (const run of runs) for (const line of describeRun(run)) print(line);
  if (options.timelines !== undefined) {
    const lines = heard.flatMap(({ name, timelines }) => timelines.map((one) => JSON.stringify(recordedOf(name, one))));
    await writeFile(options.timelines, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify({ runs }, undefined, 2)}\n`);
  return { runs };
}

/** As on a machine that recognises so quickly. */
function recognisedWithin(timeline: Timeline, mostMs: number): Timeline {
  const pauses = timeline.pauses.map((pause) => ({ ...pause, recognitionMs: Math.min(pause.recognitionMs, mostMs) }));
  return { ...timeline, pauses };
}

function outcomeOf(
  timelines: readonly Timeline[],
  accept: number,
  options: EndpointingOptions,
  patience?: Patience,
): Outcome {
  const waited = new Distribution();
  let sumMs = 0;
  const early: CutOff[] = [];
  for (const timeline of timelines) {
    const answered = answerTo(timeline, accept, options, patience);
    if (answered.type === 'cut-off') early.push(answered);
    if (answered.type !== 'finished') continue;
    waited.add(answered.waitedMs);
    sumMs += answered.waitedMs;
  }
  const share = (count: number): number => Math.round((1_000 * count) / timelines.length) / 1_000;
  return {
    cutOff: share(early.length),
    atOnce: share(early.filter(({ intoMs }) => intoMs <= AT_ONCE_MS).length),
    notTakenBack: share(early.filter(({ takenBack }) => !takenBack).length),
    waitedMs: {
      mean: Math.round(sumMs / Math.max(1, waited.count)),
      p50: Math.round(waited.percentile(0.5)),
      p95: Math.round(waited.percentile(0.95)),
      max: Math.round(waited.max),
    },
  };
}

function describeRun({ material, n, curve, patiences, pauses }: EndpointingRun): readonly string[] {
  return [
    `${material} (${n}), by dialog.breathMs:`,
    ...curve.map(({ breathMs, ...outcome }) => `  ${breathMs} ms: ${describe(outcome)}`),
    ...patiences.map(({ name, ...outcome }) => `  ${OPTIONS.breathMs} ms, ${name}: ${describe(outcome)}`),
    ...describePauses(pauses),
  ];
}

function describe({ cutOff, atOnce, notTakenBack, waitedMs }: Outcome): string {
  return (
    `${percent(cutOff)} answered in a pause (${percent(atOnce)} went on within ${AT_ONCE_MS} ms), ` +
    `${percent(notTakenBack)} without its being taken back; ` +
    `the others wait ${waitedMs.mean} ms on average, p50 ${waitedMs.p50} ms, p95 ${waitedMs.p95} ms, ${waitedMs.max} ms at most`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function numberOf(digits: number): Expectation {
  return { kind: 'entity', name: 'number', entity: { type: 'digits', min: digits, max: digits }, examples: [] };
}
