import { join } from 'node:path';
import { compileExpectation } from '../../src/dialog/nlu/compile.js';
import { CachingUnderstander } from '../../src/dialog/understander.js';
import { INTENT_MODEL, modelDir } from '../../src/engines.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir } from '../../src/kernel/paths.js';
import { createIntentClassifier } from '../../src/local-models/intents/intent-classifier.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { createWhisper } from '../../src/local-models/whisper.js';
import { MachineProbe } from '../machine.js';
import { count, flowOf, foundSpeechFolder, report, readOptions } from '../tools.js';
import { directoryNames, sampleSets, type SampleSet } from './material.js';
import { measureDirectory, measureUnderstanding } from './measure.js';

/** The first recogniser of a machine builds its graphs. */
const READY_WITHIN_MS = 90_000;
const DIRECTORY_NAMES = 2_000;
const DIRECTORY_UTTERANCES = 60;

/** `npm run bench -- understanding`: one worker with one thread, no Asterisk. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function benchUnderstanding(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args, ['speech', 'limit', 'only', 'model', 'json']);
  const { only = '', model = 'whisper-tiny.en' } = options;
  const folder = options.speech ?? foundSpeechFolder();
  const flow = await flowOf(undefined);
  const limit = count('--limit', options.limit ?? '1000');
  const sets = (await sampleSets(folder, flow, limit)).filter(({ name }) => name.includes(only));
  if (sets.length === 0) throw new HandrailError('HR_USAGE', `No kind of speech has "${only}" in its name.`);
  const probe = new MachineProbe();
  const stt = createWhisper({
    python: join(homeDir, 'venv', 'bin', 'python'),
    modelDir: modelDir(model),
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
    await report({ machine: probe.record(0), model, ...measured, directory }, options.json, print);
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
