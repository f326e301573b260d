import { writeFile } from 'node:fs/promises';
import { readCommands } from '../commands.js';
import { lineAt } from '../line.js';
import { describeMachine, isInconclusive } from '../machine.js';
import { count, flowOf, lineFor, readOptions, type BenchTools } from '../tools.js';
import { measureBargeIn } from './measure.js';

/** `npm run bench -- bargein`. @throws HandrailError HR_USAGE */
export async function benchBargeIn(args: readonly string[], tools: BenchTools): Promise<void> {
  const options = readOptions(args, ['speech', 'flow', 'trials', 'calls', 'only', 'json']);
  const trials = count('--trials', options.trials ?? '20');
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
    const result = await measureBargeIn({ line, flow, folder, commands, trials, atOnce, only, print });
    print(describeMachine(result.machine));
    if (isInconclusive(result.machine)) print('Inconclusive: this machine was too busy for its figures to count.');
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await stack.stop();
  }
}
