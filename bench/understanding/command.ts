import { confidenceFor } from '../../src/calibration-file.js';
import { openHearing } from '../../src/cli/hearing.js';
import { loadFlow } from '../../src/flow/load.js';
import { INTENT_MODEL } from '../../src/engines.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { MachineProbe, type MachineRecord } from '../machine.js';
import { count, flowOf, foundSpeechFolder, report, readOptions } from '../tools.js';
import { sampleSets } from './material.js';
import { measureUnderstanding, type SetFigures } from './measure.js';

/** The file that `--json` writes. */
export interface UnderstandingResult {
  readonly machine: MachineRecord;
  readonly model: string;
  readonly flow: string;
  readonly sets: readonly SetFigures[];
}

/**
 * `npm run bench -- understanding`: one worker with one thread, no Asterisk. What was heard is kept, so that a run that was broken
 * off goes on; nothing in it depends on how quick the machine is.
 *
 * @throws HandrailError HR_USAGE, HR_ENGINE_DOWN
 */
export async function benchUnderstanding(
  args: readonly string[],
  print: (line: string) => void,
): Promise<UnderstandingResult> {
  const options = readOptions(args, [
    'speech',
    'flow',
    'other',
    'limit',
    'only',
    'model',
    'width',
    'calibration',
    'strangers',
    'json',
  ]);
  const { only = '', model = 'whisper-tiny.en' } = options;
  const folder = options.speech ?? foundSpeechFolder();
  const [flow, other] = await Promise.all([flowOf(options.flow), options.other && loadFlow(options.other)]);
  const limit = count('--limit', options.limit ?? '1000');
  const sets = (await sampleSets(folder, flow, limit, other || undefined)).filter(({ name }) => name.includes(only));
  if (sets.length === 0) throw new HandrailError('HR_USAGE', `No kind of speech has "${only}" in its name.`);
  const probe = new MachineProbe();
  const width = options.width === undefined ? undefined : count('--width', options.width);
  const confidence = await confidenceFor({ engine: 'whisper', model, calibration: options.calibration });
  const hearing = await openHearing({
    model,
    kept: true,
    confidence,
    strangers: options.strangers,
    ...(width && { width }),
  });
  try {
    const { intents } = hearing;
    print(
      `Callers: ${folder}; the flow ${flow.id}; intents by ${intents.state === 'ready' ? INTENT_MODEL : 'words alone'}`,
    );
    const measured = await measureUnderstanding(hearing, sets, print);
    const result: UnderstandingResult = { machine: probe.record(0), model, flow: flow.id, ...measured };
    await report(result, options.json, print);
    return result;
  } finally {
    await hearing.close();
  }
}
