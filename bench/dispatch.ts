import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { HandrailError, explain } from '../src/kernel/errors.js';
import { readRunInfo } from '../src/cli/run-info.js';
import { findSpeechFolder } from '../src/cli/synthetic-speech.js';
import { readCommands } from './commands.js';
import { lineAt, type LineAddress } from './line.js';
import { describeMachine, isInconclusive } from './machine.js';
import { benchMedia } from './media-command.js';
import { benchUnderstanding } from './understanding/command.js';
import { measureV2v } from './v2v.js';

/** A Handrail that was started for the bench. */
export interface StartedStack extends LineAddress {
  /** The callers of a bench that was given none by `--speech`. */
  speechFolder(): Promise<string>;
  stop(): Promise<void>;
}

export interface BenchTools {
  readonly print: (line: string) => void;
  /** Starts a whole Handrail. Without it a running one is measured. */
  readonly startStack?: () => Promise<StartedStack>;
}

const usage = `npm run bench -- v2v [--speech DIR] [--turns N] [--calls 1,2] [--json FILE] [--running]
  v2v   voice to voice: how long a caller waits for the first sound of an answer, and how many are understood
npm run bench -- media [--speech DIR] [--seconds N] [--legs 100,300] [--set-ups N] [--bridged N] [--orders N] [--json FILE]
  media  packets a second, processor and memory of a call, lateness of the media clock, floods, calls through Asterisk, bad lines
npm run bench -- understanding [--speech DIR] [--limit N] [--model ID] [--json FILE]
  understanding  what recogniser and NLU make of recorded callers: orders, digit strings, speech from outside
  --speech   a folder with commands.json; without it HANDRAIL_SPEECH, else the folder that set-up found or made
  --running  measures the Handrail that was started by \`npm start\` instead of a fresh one`;

const benches: Readonly<Record<string, (args: readonly string[], tools: BenchTools) => Promise<void>>> = {
  v2v: benchV2v,
  media: (args, { print }) => benchMedia(args, print),
  understanding: (args, { print }) => benchUnderstanding(args, print),
};

/** @returns the exit status */
export async function runBench(args: readonly string[], tools: BenchTools): Promise<number> {
  const [name = '', ...rest] = args;
  try {
    const bench = benches[name];
    if (!bench) throw new HandrailError('HR_USAGE', `There is no bench "${name}".\n${usage}`);
    await bench(rest, tools);
    return 0;
  } catch (error) {
    tools.print(explain(error));
    return 1;
  }
}

async function benchV2v(args: readonly string[], tools: BenchTools): Promise<void> {
  const options = readV2vOptions(args);
  // Before anything is started: a wrong folder is told at once.
  if (options.speech !== undefined) await readCommands(options.speech);
  const stack = await lineFor(options.running, tools);
  try {
    const folder = options.speech ?? (await stack.speechFolder());
    const commands = await readCommands(folder);
    tools.print(`Callers: ${commands.length} recorded orders in ${folder}`);
    const result = await measureV2v({ ...options, folder, commands, line: lineAt(stack), print: tools.print });
    tools.print(describeMachine(result.machine));
    if (isInconclusive(result.machine))
      tools.print('Inconclusive: this machine was too busy for its figures to count.');
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(result, undefined, 2)}\n`);
  } finally {
    await stack.stop();
  }
}

async function lineFor(running: boolean, { startStack }: BenchTools): Promise<StartedStack> {
  if (!running && startStack) return startStack();
  const info = await readRunInfo();
  if (!info) throw new HandrailError('HR_USAGE', 'No Handrail is running here: start one with `npm start`.');
  return { ...info, speechFolder: foundSpeechFolder, stop: () => Promise.resolve() };
}

function foundSpeechFolder(): Promise<string> {
  const found = findSpeechFolder();
  if (found) return Promise.resolve(found.path);
  return Promise.reject(
    new HandrailError('HR_USAGE', `There are no recorded callers here: give --speech DIR.\n${usage}`),
  );
}

function readV2vOptions(args: readonly string[]) {
  const option = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: { speech: option, turns: option, calls: option, json: option, running: { type: 'boolean' } },
    }).values;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${usage}`, {
      cause,
    });
  }
  return {
    speech: values.speech,
    turns: count('--turns', values.turns ?? '20'),
    calls: (values.calls ?? '1,2').split(',').map((text) => count('--calls', text)),
    json: values.json,
    running: values.running ?? false,
  };
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new HandrailError('HR_USAGE', `${name} wants whole numbers from 1, not "${text}".`);
  return Number(text);
}
