import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { judge, readCommands } from '../bench/commands.js';
import type { EndpointingResult } from '../bench/endpointing/command.js';
import type { Recorded } from '../bench/endpointing/recorded.js';
import type { UnderstandingResult } from '../bench/understanding/command.js';
import type { SpeechFolder } from '../src/cli/synthetic-speech.js';
import { projectRoot } from '../src/kernel/paths.js';
import { expectNothingLeft, useLine } from './harness.js';
import { runToEnd } from './support/cli.js';
import { callers, spokenOrders, type SpokenOrder } from './support/speakers.js';

const CALLERS = 12;
/** As many as two cores serve well. */
const AT_ONCE = 2;
/** Of twelve people one may have to say it again; none may get something else. */
const NOT_UNDERSTOOD = 1;

/** Recordings of each kind that are heard without a call. */
const OF_EACH_KIND = 6;
const BENCH_WITHIN_MS = 240_000;

const line = useLine();
let folder: SpeechFolder;
let orders: SpokenOrder[] = [];

beforeAll(async () => {
  folder = await callers(line().stack.pbx);
  orders = await spokenOrders(folder, CALLERS);
});

/** As built: thread scripts are not there before. */
async function bench<Result>(name: string, ...args: readonly string[]): Promise<Result> {
  const json = join(line().dataDir, `${name}.json`);
  const script = join(projectRoot, 'dist/bench/main.js');
  const ran = await runToEnd(
    process.execPath,
    [script, name, '--speech', folder.path, '--json', json, ...args],
    {},
    undefined,
    BENCH_WITHIN_MS,
  );
  expect(ran.code, ran.output).toBe(0);
  expect(ran.output).not.toContain('by words alone');
  return JSON.parse(await readFile(json, 'utf8')) as Result;
}

interface Placed {
  readonly order: SpokenOrder;
  readonly understood: boolean;
  /** Each turn, as it was heard and taken. */
  readonly heard: string;
  /** What the flow's variables were given once the caller agreed. */
  readonly ordered: Readonly<Record<string, string>> | undefined;
}

/** Says the order; agrees to what was understood rightly, and to nothing else. */
async function place(order: SpokenOrder): Promise<Placed> {
  const call = await line().call();
  await call.listen();
  await call.say(order.samples);
  await call.hearsVoice();
  const turn = await call.turn(({ input }) => input.type === 'speech');
  const understood = judge(order, turn) === 'understood';
  if (!understood) {
    const { turns } = await call.hangup();
    const acted = turns.some(({ nextNodeId }) => nextNodeId === 'anythingElse');
    expect(acted, `${order.file} was not understood, and acted on`).toBe(false);
    const heard = turns.map(({ input, outcome, marks }) => JSON.stringify({ input, outcome, marks })).join('\n  ');
    return { order, understood, heard, ordered: undefined };
  }
  await call.press('1');
  await call.expectPrompt('Great,', 400);
  const { input } = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  await call.hangup();
  return { order, understood, heard: '', ordered: input.type === 'none' ? undefined : input.meaning.slots };
}

it(
  'takes the orders of twelve callers by voice, each confirmed by the caller and answered',
  { timeout: 300_000 },
  async () => {
    const waiting = [...orders];
    const placed: Placed[] = [];
    const caller = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) placed.push(await place(next));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));

    const missed = placed
      .filter(({ understood }) => !understood)
      .map(({ order, heard }) => `${order.file}, ${JSON.stringify(order.slots)}:\n  ${heard}`);
    console.log(`${String(placed.length - missed.length)} of ${String(placed.length)} orders were understood`);
    expect(placed).toHaveLength(CALLERS);
    expect(missed.length, `not understood:\n${missed.join('\n')}`).toBeLessThanOrEqual(NOT_UNDERSTOOD);
    for (const { order, understood, ordered } of placed) if (understood) expect(ordered).toEqual(order.slots);
  },
);

it(
  'understands orders, in noise too, and strings of digits; what belongs elsewhere is refused or read back',
  { timeout: 300_000 },
  async () => {
    const limit = String(OF_EACH_KIND);
    const { sets } = await bench<UnderstandingResult>('understanding', '--limit', limit);
    expect(sets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'requests',
        'digit strings',
        'outside: requests at another line',
        'outside: requests where digits are asked for',
        'outside: digit strings at the start',
      ]),
    );
    // One of each kind may be asked to say it again; of what is acted on nothing may be wrong.
    const least = 1 - 1.1 / OF_EACH_KIND;
    for (const { name, right, confirmedRight, actedWrong } of sets) {
      if (name.startsWith('outside')) expect(1 - actedWrong, name).toBeGreaterThanOrEqual(least);
      else expect([right + confirmedRight >= least, actedWrong], name).toEqual([true, 0]);
    }
  },
);

it(
  'does not answer callers in their own pauses, and takes back the answer to those whose pause was long',
  { timeout: 300_000 },
  async () => {
    const some = String(OF_EACH_KIND);
    // On a slow machine no recognition counts for more than on one that serves calls.
    const within = ['--recognition', '400'];
    const { runs } = await bench<EndpointingResult>('endpointing', '--orders', some, '--digits', some, ...within);
    expect(runs.map(({ n }) => n)).toEqual([OF_EACH_KIND, OF_EACH_KIND, OF_EACH_KIND, OF_EACH_KIND]);
    const [spoken, ...paused] = runs.map(({ cutOff, notTakenBack }) => ({ cutOff, notTakenBack }));
    expect(spoken).toEqual({ cutOff: 0, notTakenBack: 0 });
    for (const { cutOff, notTakenBack } of paused) {
      expect(cutOff).toBeLessThanOrEqual(2 / OF_EACH_KIND);
      expect(notTakenBack).toBe(0);
    }
  },
);

/** Each pause as it was heard: in words, and whether the voice had finished. */
async function heardPauses(name: string, ...more: readonly string[]) {
  const timelines = join(line().dataDir, `${name}.jsonl`);
  await bench('endpointing', '--orders', '2', '--digits', '1', '--timelines', timelines, ...more);
  const lines = (await readFile(timelines, 'utf8')).trim().split('\n');
  const pauses = lines.flatMap((row) => (JSON.parse(row) as Recorded).pauses);
  return { words: pauses.map(({ free }) => free?.text), finished: pauses.map(({ free }) => free?.finished) };
}

it(
  'strangers are heard in the same words, by a model of endings that does not know them',
  { timeout: 300_000 },
  async () => {
    const strangers = join(line().dataDir, 'strangers');
    const model = join(projectRoot, 'bench', 'recognition', 'strangers', 'endings-0.npz');
    await mkdir(strangers);
    const commands = await readCommands(folder.path);
    await writeFile(
      join(strangers, 'voices.json'),
      JSON.stringify(Object.fromEntries(commands.map(({ file }) => [file, 'somebody']))),
    );
    const digits = JSON.parse(await readFile(join(folder.path, 'digits.json'), 'utf8')) as {
      readonly speaker: string;
    }[];
    for (const speaker of new Set(['somebody', ...digits.map(({ speaker }) => speaker)]))
      await copyFile(model, join(strangers, `endings-${speaker}.npz`));
    const known = await heardPauses('known');
    const unknown = await heardPauses('unknown', '--strangers', strangers);
    expect(unknown.words).toEqual(known.words);
    // One that is sure of a pause may be as sure as the other.
    expect(unknown.finished).not.toEqual(known.finished);
  },
);

it('leaves nothing behind', () => expectNothingLeft(line()));
