import { benchBargeIn } from '../bargein/command.js';
import { readCommands } from '../commands.js';
import { benchConverse } from '../converse/command.js';
import { benchEndpointing } from '../endpointing/command.js';
import { MachineProbe } from '../machine.js';
import { benchRecognition } from '../recognition/command.js';
import { foundSpeechFolder, readOptions, report, type BenchTools } from '../tools.js';
import { benchUnderstanding } from '../understanding/command.js';
import { benchV2v } from '../v2v-command.js';
import { describeTurnTable, turnTable, type TurnFigures } from './table.js';

/**
 * `npm run bench -- turn`: every figure that is asked of a turn, each by its own bench, and the table of them. About
 * half an hour.
 *
 * @throws HandrailError HR_USAGE, HR_ENGINE_DOWN
 */
export async function benchTurn(args: readonly string[], tools: BenchTools): Promise<void> {
  const options = readOptions(args, ['speech', 'only', 'json']);
  const folder = options.speech ?? foundSpeechFolder();
  const { only = '' } = options;
  // Before anything is started: a wrong folder is told at once.
  await readCommands(folder);
  const probe = new MachineProbe();
  const part = async <Result>(name: string, bench: (args: readonly string[]) => Promise<Result>, more = '') => {
    if (!name.includes(only)) return undefined;
    tools.print(`\n${name}:`);
    return bench(['--speech', folder, ...more.split(' ').filter((word) => word !== '')]);
  };
  const found: TurnFigures = {
    recognition: await part('recognition', (given) => benchRecognition(given, tools.print)),
    oneCall: await part('v2v, one call', (given) => benchV2v(given, tools), '--turns 24 --calls 1'),
    manyCalls: await part('v2v, many calls', (given) => benchV2v(given, tools), '--turns 60 --calls 12 --every 6'),
    converse: await part('converse', () => benchConverse([], tools)),
    // One caller in twenty is slow: of 50 these are two or three, and chance has its say.
    bargeIn: await part('bargein', (given) => benchBargeIn(given, tools), '--trials 50 --speakers 150 --calls 4'),
    endpointing: await part('endpointing', (given) => benchEndpointing(given, tools.print), '--orders 336 --digits 60'),
    understanding: await part('understanding', (given) => benchUnderstanding(given, tools.print), '--limit 168'),
  };
  const lines = turnTable(found);
  tools.print('');
  for (const line of describeTurnTable(lines)) tools.print(line);
  const timed = [found.oneCall, found.manyCalls, found.converse, found.bargeIn];
  const latenessMsP99 = Math.max(0, ...timed.map((one) => one?.machine.latenessMsP99 ?? 0));
  await report({ machine: probe.record(latenessMsP99), lines, ...found }, options.json, tools.print);
}
