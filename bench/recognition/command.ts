import { openHearing } from '../../src/cli/hearing.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { describeCounted } from '../figures.js';
import { MachineProbe, type MachineRecord } from '../machine.js';
import { count, flowOf, foundSpeechFolder, report, readOptions } from '../tools.js';
import { sampleSets } from '../understanding/material.js';
import { directoryNames } from './directory.js';
import { measureDirectory, measureRecognition, type DirectoryFigures, type RecognitionFigures } from './measure.js';

const DIRECTORY_NAMES = 2_000;

/** The file that `--json` writes. */
export interface RecognitionResult {
  readonly machine: MachineRecord;
  readonly model: string;
  readonly sets: readonly RecognitionFigures[];
  readonly directory: DirectoryFigures;
}

/** `npm run bench -- recognition`: how long one worker with one thread takes, no Asterisk. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function benchRecognition(
  args: readonly string[],
  print: (line: string) => void,
): Promise<RecognitionResult> {
  const options = readOptions(args, ['speech', 'flow', 'limit', 'model', 'width', 'json']);
  const { model = 'whisper-tiny.en' } = options;
  const most = count('--limit', options.limit ?? '60');
  const width = options.width === undefined ? undefined : count('--width', options.width);
  const [clean, ...others] = await sampleSets(options.speech ?? foundSpeechFolder(), await flowOf(options.flow), 1_000);
  if (!clean) throw new HandrailError('HR_USAGE', 'The folder has no recordings.');
  const inNoise = others.filter(({ name }) => name.includes('noise'));
  const probe = new MachineProbe();
  const { stt, understander, close } = await openHearing({ model, ...(width && { width }) });
  try {
    const sets: RecognitionFigures[] = [];
    for (const set of [clean, ...inNoise]) {
      const found = await measureRecognition(stt, understander, set, most);
      sets.push(found);
      print(`${found.name}, utterances of 2.5 to 3.5 s: recognised in ${describeCounted(found.totalMs)}`);
      print(`  encoder ${describeCounted(found.encodeMs)}; search ${describeCounted(found.decodeMs)}`);
      print(`  understood in ${describeCounted(found.understandingMs)}`);
    }
    const directory = await measureDirectory(stt, directoryNames(DIRECTORY_NAMES), clean, most);
    const { names, compileMs, prepareMs, totalMs } = directory;
    print(`a directory of ${names} names: compiled in ${compileMs} ms, ready in ${prepareMs} ms more;`);
    print(`  recognised in ${describeCounted(totalMs)}`);
    const result: RecognitionResult = { machine: probe.record(0), model, sets, directory };
    await report(result, options.json, print);
    return result;
  } finally {
    await close();
  }
}
