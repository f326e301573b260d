import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findSpeechFolder } from '../../src/cli/synthetic-speech.js';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import { CachingUnderstander } from '../../src/dialog/understander.js';
import { INTENT_MODEL, modelDir } from '../../src/engines.js';
import { loadFlow } from '../../src/flow/load.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir, projectRoot } from '../../src/kernel/paths.js';
import { createIntentClassifier } from '../../src/local-models/intents/intent-classifier.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { createWhisper } from '../../src/local-models/whisper.js';
import { describeMachine, MachineProbe } from '../machine.js';
import { directoryNames, sampleSets, type SampleSet } from './material.js';
import { measureDirectory, measureUnderstanding } from './measure.js';

const usage = `npm run bench -- understanding [--speech DIR] [--limit N] [--only TEXT] [--model ID] [--json FILE]
  understanding   what recogniser and NLU make of recorded callers: orders, digit strings, and speech from outside
  --limit   the most samples of each kind
  --only    the kinds whose name contains TEXT
  --model   the recogniser's model, as in models/manifest.json`;

/** The first recogniser of a machine builds its graphs. */
const READY_WITHIN_MS = 90_000;
const DIRECTORY_NAMES = 2_000;
const DIRECTORY_UTTERANCES = 60;

/** `npm run bench -- understanding`: one worker with one thread, no Asterisk. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function benchUnderstanding(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args);
  const folder = options.speech ?? findSpeechFolder()?.path;
  if (folder === undefined)
    throw new HandrailError('HR_USAGE', `There are no recorded callers here: give --speech DIR.\n${usage}`);
  const flow = await loadFlow(join(projectRoot, 'flows', 'cafe.json'));
  const sets = (await sampleSets(folder, flow, options.limit)).filter(({ name }) => name.includes(options.only));
  if (sets.length === 0)
    throw new HandrailError('HR_USAGE', `No kind of speech has "${options.only}" in its name.\n${usage}`);
  const probe = new MachineProbe();
  const stt = createWhisper({
    python: join(homeDir, 'venv', 'bin', 'python'),
    modelDir: modelDir(options.model),
    clock: systemClock,
    log: silentLogger,
  });
  const intents = createIntentClassifier({ modelDir: modelDir(INTENT_MODEL), clock: systemClock, log: silentLogger });
  const understander = new CachingUnderstander((expectation) => compileExpectation(expectation, intents));
  try {
    await untilStarted(intents, systemClock, READY_WITHIN_MS);
    await untilStarted(stt, systemClock, READY_WITHIN_MS);
    if (stt.state !== 'ready') throw new HandrailError('HR_ENGINE_DOWN', `${stt.name}: ${stt.problem ?? 'not ready'}.`);
    print(`Callers: ${folder}; intents by ${intents.state === 'ready' ? INTENT_MODEL : 'words alone'}`);
    const measured = await measureUnderstanding(stt, understander, sets, print);
    const { recognitionMs, understandingMs } = measured;
    print(`recognition of ${recognitionMs.n} utterances of 2.5 to 3.5 s: ${describeTimes(recognitionMs)}`);
    print(`understanding: ${describeTimes(understandingMs)}`);
    const directory = await measureDirectory(stt, directoryNames(DIRECTORY_NAMES), await someAudio(sets));
    print(
      `a directory of ${directory.names} names: compiled in ${directory.compileMs} ms, ready in ${directory.prepareMs} ms more; ` +
        `recognition of ${directory.recognitionMs.n} utterances: ${describeTimes(directory.recognitionMs)}`,
    );
    const machine = probe.record(0);
    print(describeMachine(machine));
    const result = { machine, model: options.model, ...measured, directory };
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await Promise.all([stt.close(), intents.close()]);
  }
}

/** Utterances of the first kind that was asked for. */
async function someAudio([set]: readonly SampleSet[]): Promise<readonly Int16Array[]> {
  const count = Math.min(DIRECTORY_UTTERANCES, set?.count ?? 0);
  const found: Int16Array[] = [];
  for (let index = 0; set && index < count; index++) found.push((await set.make(index)).samples);
  return found;
}

function describeTimes({ p50, p95 }: { readonly p50: number | null; readonly p95: number | null }): string {
  return p50 === null ? 'not measured' : `p50 ${p50} ms, p95 ${p95} ms`;
}

function readOptions(args: readonly string[]) {
  const option = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: { speech: option, limit: option, only: option, model: option, json: option },
    }).values;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${usage}`, {
      cause,
    });
  }
  const limit = values.limit ?? '1000';
  if (!/^[1-9]\d{0,4}$/.test(limit))
    throw new HandrailError('HR_USAGE', `--limit wants a whole number from 1, not "${limit}".\n${usage}`);
  return {
    speech: values.speech,
    limit: Number(limit),
    only: values.only ?? '',
    model: values.model ?? 'whisper-tiny.en',
    json: values.json,
  };
}
