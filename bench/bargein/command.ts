import { readCommands } from '../commands.js';
import { lineAt } from '../line.js';
import { count, flowOf, report, lineFor, readOptions, type BenchTools } from '../tools.js';
import { measureBargeIn, type BargeInResult } from './measure.js';

/** `npm run bench -- bargein`. @throws HandrailError HR_USAGE */
export async function benchBargeIn(args: readonly string[], tools: BenchTools): Promise<BargeInResult> {
  const options = readOptions(args, ['speech', 'flow', 'trials', 'speakers', 'calls', 'only', 'json']);
  const trials = count('--trials', options.trials ?? '20');
  const speakers = options.speakers === undefined ? trials : count('--speakers', options.speakers);
  const atOnce = count('--calls', options.calls ?? '2');
  if (options.speech !== undefined) await readCommands(options.speech);
  const flow = await flowOf(options.flow);
  const stack = await lineFor(options, tools);
  try {
    const folder = options.speech ?? (await stack.speechFolder());
    const commands = await readCommands(folder);
    const { print } = tools;
    const { only } = options;
    const line = lineAt(stack);
    const result = await measureBargeIn({ line, flow, folder, commands, trials, speakers, atOnce, only, print });
    await report(result, options.json, print);
    return result;
  } finally {
    await stack.stop();
  }
}
