import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { piperVoices } from '../../src/cli/synthetic-voices.js';
import { modelFile } from '../../src/engines.js';
import type { Flow } from '../../src/flow/schema.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { homeDir, projectRoot } from '../../src/kernel/paths.js';
import { lineAt } from '../line.js';
import { count, report, readOptions, type BenchTools } from '../tools.js';
import { measureConverse } from './measure.js';

const NODE = 'questions';
const VOICE = 'piper-brisk';
const OPENING = 'I have a question.';
/** Nobody has written an answer to them in the café's flow. */
const QUESTIONS = [
  'Why do people like the smell of coffee?',
  'What makes a good cup of coffee?',
  'What goes well together with a cappuccino?',
  'Why is espresso so strong?',
  'How is decaf coffee made?',
  'Can you tell me what a flat white is?',
  'What is the best way to store coffee at home?',
  'Why does coffee keep people awake?',
];

/** `npm run bench -- converse`. @throws HandrailError HR_USAGE */
export async function benchConverse(args: readonly string[], { print, startStack }: BenchTools): Promise<void> {
  const options = readOptions(args, ['questions', 'json']);
  if (!startStack || !existsSync(join(homeDir, 'llama', 'prefix')))
    throw new HandrailError('HR_USAGE', 'This bench starts a Handrail of its own, with the installed language model.');
  const wanted = count('--questions', options.questions ?? String(QUESTIONS.length));
  const [opening, ...questions] = await spoken([
    OPENING,
    ...Array.from({ length: wanted }, (_, n) => QUESTIONS[n % QUESTIONS.length] ?? OPENING),
  ]);
  if (!opening) return;
  print(`${questions.length} questions in a made voice, each in a call of its own`);
  const stack = await startStack(flowWithModel);
  try {
    const result = await measureConverse({ line: lineAt(stack), node: NODE, opening, questions, print });
    await report(result, options.json, print);
  } finally {
    await stack.stop();
  }
}

/** The café's flow, whose node for questions may ask the language model. */
async function flowWithModel(dataDir: string): Promise<Record<string, string>> {
  const flow = JSON.parse(await readFile(join(projectRoot, 'flows', 'cafe.json'), 'utf8')) as Flow;
  const llm = { instructions: 'You are the friendly telephone voice of a small café.', maxSentences: 2 };
  const nodes = { ...flow.nodes, [NODE]: { ...flow.nodes[NODE], llm } };
  const file = join(dataDir, 'flow.json');
  await writeFile(file, JSON.stringify({ ...flow, nodes }));
  // What is measured is the model, not whether the machine has room for it at this moment.
  return { HANDRAIL_FLOW_FILE: file, HANDRAIL_CALLS_ADMISSION: 'count' };
}

/** Peak at -6 dBFS, as a telephone's voice. */
function atSpeechLevel(samples: Int16Array): Int16Array {
  const peak = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1);
  return samples.map((sample) => (sample * 16_384) / peak);
}

async function spoken(texts: readonly string[]): Promise<Int16Array[]> {
  const dir = await mkdtemp(join(tmpdir(), 'handrail-questions-'));
  try {
    const python = join(homeDir, 'venv', 'bin', 'python');
    const voice = piperVoices(python, modelFile('piper-en_US-joe-medium', '.onnx')).find(({ name }) => name === VOICE);
    const jobs = texts.map((text, n) => ({ text, path: join(dir, `${n}.wav`) }));
    await voice?.speak(jobs);
    return await Promise.all(jobs.map(async ({ path }) => atSpeechLevel(await readWav(path))));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
