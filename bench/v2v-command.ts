import { readCommands } from './commands.js';
import { lineAt } from './line.js';
import { count, lineFor, readOptions, report, type BenchTools } from './tools.js';
import { measureV2v, type V2vResult } from './v2v.js';

/** `npm run bench -- v2v`. @throws HandrailError HR_USAGE */
export async function benchV2v(args: readonly string[], tools: BenchTools): Promise<V2vResult> {
  const options = readV2vOptions(args);
  // Before anything is started: a wrong folder is told at once.
  if (options.speech !== undefined) await readCommands(options.speech);
  const stack = await lineFor(options, tools);
  try {
    const folder = options.speech ?? (await stack.speechFolder());
    const commands = await readCommands(folder);
    tools.print(`Callers: ${commands.length} recorded orders in ${folder}`);
    const result = await measureV2v({ ...options, folder, commands, line: lineAt(stack), print: tools.print });
    await report(result, options.json, tools.print);
    return result;
  } finally {
    await stack.stop();
  }
}

function readV2vOptions(args: readonly string[]) {
  const values = readOptions(args, ['speech', 'flow', 'turns', 'calls', 'every', 'json']);
  return {
    speech: values.speech,
    ...(values.flow === undefined ? {} : { flow: values.flow }),
    turns: count('--turns', values.turns ?? '20'),
    calls: (values.calls ?? '1,2').split(',').map((text) => count('--calls', text)),
    everyMs: values.every === undefined ? undefined : 1_000 * count('--every', values.every),
    json: values.json,
    running: values.running,
  };
}
