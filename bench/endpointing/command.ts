import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { expectationsOf } from '../../src/dialog/expecting.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import type { EndpointingOptions, Sound } from '../../src/dialog/endpointing.js';
import type { CompiledExpectation } from '../../src/dialog/ports.js';
import { modelDir, modelFile } from '../../src/engines.js';
import { SileroModel } from '../../src/externalmedia/vad/silero.js';
import { SileroSession } from '../../src/externalmedia/vad/silero-session.js';
import { defaultsOf } from '../../src/flow/schema.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir } from '../../src/kernel/paths.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { createWhisper } from '../../src/local-models/whisper.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { readCommands, spread } from '../commands.js';
import { count, flowOf, foundSpeechFolder, readOptions } from '../tools.js';
import { answerTo, type CutOff } from './judge.js';
import { digitGroups, withPause, type Spoken } from './material.js';
import { describePauses, pauseTable, type PausesAt } from './pause-table.js';
import { timelineOf, type Timeline } from './timeline.js';

const MODEL = 'whisper-tiny.en';
const READY_WITHIN_MS = 90_000;
/** As the configuration's defaults. */
const OPTIONS = { pauseMs: 120, minEndpointMs: 250, breathMs: 380, maxEndpointMs: 1_000 } as const;
/** What else the breath could be: the curve to choose from. */
const BREATHS_MS = [300, 350, 380, 410, 440, 500, 600, 700, 800, 900] as const;
/** How else the sound of an ending could be believed. */
const SOUNDS: readonly Sound[] = [
  { closed: 0.95, open: 0.8 },
  { closed: 0.97, open: 0.7 },
  { closed: 0.97, open: 0.6 },
  { closed: 0.97, open: 0.5 },
  { closed: 0.97, open: 0.2 },
];
/** A caller who goes on so early has heard the first word of the answer at most. */
const AT_ONCE_MS = 200;

interface Material {
  readonly name: string;
  readonly spoken: readonly { readonly spoken: Spoken; readonly compiled: CompiledExpectation }[];
}

interface Outcome {
  /** Share 0 … 1 of callers who were answered in a pause. */
  readonly cutOff: number;
  /** Of these, share of all callers who went on within 200 ms of the decision. */
  readonly atOnce: number;
  /** Of these, share of all callers whose answer was not taken back: what they said before and after it is not one. */
  readonly notTakenBack: number;
  /** From the caller's last voiced sample to the decision, of those who were not. */
  readonly waitedMs: { readonly p50: number; readonly p95: number };
}

export interface EndpointingRun extends Outcome {
  readonly material: string;
  readonly n: number;
  /** The same with other values of `dialog.breathMs`, on the same recognitions. */
  readonly curve: readonly (Outcome & { readonly breathMs: number })[];
  /** The same with other beliefs in the sound of an ending. */
  readonly sounds: readonly (Outcome & Sound)[];
  /** Where callers paused, for how long, and how often they were cut off there. */
  readonly pauses: readonly PausesAt[];
}

/** `npm run bench -- endpointing`. @throws HandrailError HR_USAGE */
export async function benchEndpointing(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args, ['speech', 'flow', 'orders', 'digits', 'recognition', 'json']);
  const folder = options.speech ?? foundSpeechFolder();
  const flow = await flowOf(options.flow);
  const { accept } = defaultsOf(flow);
  const [expectation] = expectationsOf(flow, flow.start);
  if (!expectation) return;
  const compiled = compileExpectation(expectation);
  const commands = spread(await readCommands(folder), count('--orders', options.orders ?? '100'));
  const orders = await Promise.all(
    commands.map(async ({ file }) => ({ name: file, samples: await readWav(join(folder, file)) })),
  );
  const mostMs = options.recognition === undefined ? Infinity : count('--recognition', options.recognition);
  const numbers = await digitGroups(folder, count('--digits', options.digits ?? '40'));
  const materials: readonly Material[] = [
    { name: 'orders as they were spoken', spoken: orders.map((spoken) => ({ spoken, compiled })) },
    { name: 'orders with a pause inside', spoken: orders.map((one, n) => ({ spoken: withPause(one, n), compiled })) },
    {
      name: 'numbers in two groups',
      spoken: numbers.map((spoken) => ({ spoken, compiled: numberOf(spoken.digits.length) })),
    },
  ];
  const vad = new SileroModel(await SileroSession.load(modelFile('silero-vad-v5', '.onnx')), systemClock);
  const python = join(homeDir, 'venv', 'bin', 'python');
  const stt = createWhisper({ python, modelDir: modelDir(MODEL), clock: systemClock, log: silentLogger });
  const runs: EndpointingRun[] = [];
  try {
    await untilStarted(stt, systemClock, READY_WITHIN_MS);
    const nowMs = (): number => systemClock.nowMs();
    const { pauseMs, maxEndpointMs: maxPauseMs } = OPTIONS;
    for (const { name, spoken } of materials) {
      const timelines: Timeline[] = [];
      for (const { spoken: one, compiled } of spoken) {
        const parts = { stt, compiled, scorer: () => vad.stream(), nowMs, pauseMs, maxPauseMs };
        timelines.push(recognisedWithin(await timelineOf(one.name, one.samples, parts), mostMs));
      }
      const curve = BREATHS_MS.map((breathMs) => ({
        breathMs,
        ...outcomeOf(timelines, accept, { ...OPTIONS, breathMs }),
      }));
      const sounds = SOUNDS.map((sound) => ({ ...sound, ...outcomeOf(timelines, accept, OPTIONS, sound) }));
      const pauses = pauseTable(timelines, accept, OPTIONS);
      runs.push({ material: name, n: spoken.length, ...outcomeOf(timelines, accept, OPTIONS), curve, sounds, pauses });
      print(`${name} (${spoken.length}), by dialog.breathMs:`);
      for (const { breathMs, ...outcome } of curve) print(`  ${breathMs} ms: ${describe(outcome)}`);
      for (const { closed, open, ...outcome } of sounds)
        print(`  ${OPTIONS.breathMs} ms, closed from ${closed}, open below ${open}: ${describe(outcome)}`);
      for (const line of describePauses(pauses)) print(line);
    }
  } finally {
    await stt.close();
    await vad.close();
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify({ runs }, undefined, 2)}\n`);
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
  sound?: Sound,
): Outcome {
  const waited = new Distribution();
  const early: CutOff[] = [];
  for (const timeline of timelines) {
    const answered = answerTo(timeline, accept, options, sound);
    if (answered.type === 'cut-off') early.push(answered);
    if (answered.type === 'finished') waited.add(answered.waitedMs);
  }
  const share = (count: number): number => Math.round((1_000 * count) / timelines.length) / 1_000;
  return {
    cutOff: share(early.length),
    atOnce: share(early.filter(({ intoMs }) => intoMs <= AT_ONCE_MS).length),
    notTakenBack: share(early.filter(({ takenBack }) => !takenBack).length),
    waitedMs: { p50: Math.round(waited.percentile(0.5)), p95: Math.round(waited.percentile(0.95)) },
  };
}

function describe({ cutOff, atOnce, notTakenBack, waitedMs }: Outcome): string {
  return (
    `${percent(cutOff)} answered in a pause (${percent(atOnce)} went on within ${AT_ONCE_MS} ms), ` +
    `${percent(notTakenBack)} without its being taken back; ` +
    `the others wait p50 ${waitedMs.p50} ms, p95 ${waitedMs.p95} ms`
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function numberOf(digits: number): CompiledExpectation {
  const entity = { type: 'digits' as const, min: digits, max: digits };
  return compileExpectation({ kind: 'entity', name: 'number', entity, examples: [] });
}
