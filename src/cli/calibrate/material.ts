import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { LEAD_MS, noisy, seeded, TAIL_MS, trimmed } from '../../audio/utterance.js';
import { readWav } from '../../audio/wav.js';
import { initialState } from '../../dialog/entering.js';
import { expectationOf } from '../../dialog/expecting.js';
import type { Expectation, Meaning } from '../../flow/expectation.js';
import type { Flow } from '../../flow/schema.js';
import { HandrailError } from '../../kernel/errors.js';

const Rows = Type.Array(
  Type.Object({
    file: Type.String(),
    node: Type.Optional(Type.String()),
    intent: Type.Optional(Type.String()),
    slots: Type.Optional(Type.Record(Type.String(), Type.String())),
  }),
  { minItems: 1 },
);
type Row = Static<typeof Rows>[number];

/** Something said at one moment of a flow. */
export interface Utterance {
  readonly expectation: Expectation;
  readonly samples: Int16Array;
  /** Absent: nothing that can be meant there. */
  readonly truth: Meaning | undefined;
  readonly recording: number;
}

const LISTS = ['utterances.json', 'commands.json'];
const NOISE_DB = 12;
const confirmation: Expectation = { kind: 'confirmation', form: undefined };

/** How many recordings the folder lists. */
export interface Material {
  readonly recordings: number;
  utterances(): AsyncGenerator<Utterance>;
}

/**
 * Each recording as it is, in noise where the folder has some (`noise/*.wav`), and where something else is asked: at the
 * plain yes-or-no question and at questions for another value it means nothing.
 *
 * @param folder with `utterances.json`, or `commands.json`: rows of `file` (a WAV at 8 kHz), `node` (absent: the flow’s
 * first), and `intent` and `slots` as they are meant there
 * @throws HandrailError HR_USAGE
 */
export async function readMaterial(folder: string, flow: Flow, limit: number): Promise<Material> {
  const rows = (await readRows(folder)).slice(0, limit);
  for (const { node } of rows) {
    if (node !== undefined && !flow.nodes[node])
      throw new HandrailError('HR_USAGE', `A recording names the node ${node}, which the flow ${flow.id} has not.`);
  }
  const noises = await Promise.all((await noiseFiles(folder)).map((path) => readWav(path)));
  return {
    recordings: rows.length,
    async *utterances() {
      for (const [recording, row] of rows.entries()) {
        const samples = trimmed(await readWav(join(folder, row.file)), LEAD_MS, TAIL_MS);
        const nodeId = row.node ?? flow.start;
        const expectation = expectationAt(flow, nodeId);
        const truth = truthOf(row);
        yield { expectation, samples, truth, recording };
        const noise = noises[recording % Math.max(1, noises.length)];
        if (noise) {
          const offset = Math.floor(seeded(recording)() * noise.length);
          yield { expectation, samples: noisy(samples, noise, NOISE_DB, offset), truth, recording };
        }
        const elsewhere = [confirmation, ...valuesAskedElsewhere(flow, nodeId)];
        const other = elsewhere[recording % elsewhere.length];
        if (other && row.intent !== 'yes' && row.intent !== 'no')
          yield { expectation: other, samples, truth: undefined, recording };
      }
    },
  };
}

export function expectationAt(flow: Flow, nodeId: string): Expectation {
  return expectationOf(flow, { ...initialState(flow), nodeId });
}

/** Questions for digits, a date and so on: what was said elsewhere is no answer to them. */
function valuesAskedElsewhere(flow: Flow, nodeId: string): Expectation[] {
  return Object.entries(flow.nodes)
    .filter(([id, node]) => id !== nodeId && node.kind === 'collect' && node.entity.type !== 'list')
    .map(([id]) => expectationAt(flow, id));
}

function truthOf({ intent, slots }: Row): Meaning | undefined {
  return intent === undefined && slots === undefined ? undefined : { intent, slots: slots ?? {} };
}

async function readRows(folder: string): Promise<readonly Row[]> {
  for (const name of LISTS) {
    const path = join(folder, name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      continue;
    }
    let rows: unknown;
    try {
      rows = JSON.parse(text);
    } catch (cause) {
      throw new HandrailError('HR_USAGE', `${path} is no JSON.`, { cause });
    }
    if (Check(Rows, rows)) return rows;
    throw new HandrailError('HR_USAGE', `${path} is no list of recordings: file, node, intent, slots.`);
  }
  throw new HandrailError('HR_USAGE', `${folder} has neither ${LISTS.join(' nor ')}.`);
}

async function noiseFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(folder, 'noise'));
    return names.filter((name) => name.endsWith('.wav')).map((name) => join(folder, 'noise', name));
  } catch {
    return [];
  }
}
