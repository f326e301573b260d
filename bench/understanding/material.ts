import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { spoken, type Meaning } from '../../src/flow/expectation.js';
import type { Entity, Flow } from '../../src/flow/schema.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { readCommands, spread, type SpokenCommand } from '../commands.js';
import { joined, LEAD_MS, noisy, seeded, silence, TAIL_MS, trimmed } from '../../src/audio/utterance.js';
import { bankLine } from './bank-line.js';
import type { Place } from './verdict.js';

/** One thing said at one place, and what it means there; `truth` is absent where the flow cannot know it. */
export interface Sample {
  readonly place: Place;
  readonly samples: Int16Array;
  readonly truth: Meaning | undefined;
  readonly speaker: string | undefined;
}

/** Samples of one kind; made one by one, because a thousand recordings need not lie in memory. */
export interface SampleSet {
  readonly name: string;
  readonly count: number;
  make(index: number): Promise<Sample>;
}

const ORDER_FORM = 'orderDrink';
const NOISE_FILE = 'noise/kitchen.wav';
const SNR_DB = 12;
const SHORTEST_STRING = 4;
const LONGEST_STRING = 8;
const SHORTEST_GAP_MS = 100;
const LONGEST_GAP_MS = 250;
/** Of the values of a form, one in so many is taken out for the orders that the grammar lacks. */
const LEFT_OUT = 4;

/** Everything that the folder has, as sets; `limit` is the most samples of each. @throws HandrailError HR_USAGE */
export async function sampleSets(folder: string, flow: Flow, limit: number): Promise<readonly SampleSet[]> {
  const commands = await readCommands(folder);
  const noise = await readWav(join(folder, NOISE_FILE));
  const takes = await readTakes(folder);
  const menu: Place = { flow, nodeId: flow.start };
  const account: Place = { flow: bankLine, nodeId: 'account' };
  const bank: Place = { flow: bankLine, nodeId: 'main' };
  const poorer: Place = { flow: withoutSomeValues(flow), nodeId: flow.start };
  const readBack: Place = {
    flow: bankLine,
    nodeId: 'account',
    confirming: { intent: undefined, slots: { account: '4711' } },
  };

  const audioOf = async (command: SpokenCommand) =>
    trimmed(await readWav(join(folder, command.file)), LEAD_MS, TAIL_MS);
  const orders = (name: string, place: Place, known: boolean, from: readonly SpokenCommand[], snrDb?: number) => {
    const chosen = spread(from, Math.min(limit, from.length));
    return {
      name,
      count: chosen.length,
      make: async (index: number) => {
        const command = itemAt(chosen, index);
        const clean = await audioOf(command);
        const offset = Math.floor(seeded(index)() * noise.length);
        const samples = snrDb === undefined ? clean : noisy(clean, noise, snrDb, offset);
        const truth = known ? { intent: command.intent, slots: knownSlots(place.flow, command.slots) } : undefined;
        return { place, samples, truth, speaker: undefined };
      },
    };
  };
  const strings = (name: string, place: Place, known: boolean) => ({
    name,
    count: Math.min(limit, 100 * takes.speakers.length),
    make: async (index: number) => {
      const { digits, samples, speaker } = await digitString(folder, takes, index);
      return { place, samples, truth: known ? { intent: undefined, slots: { account: digits } } : undefined, speaker };
    },
  });
  const lacking = commands.filter(({ slots }) => hasValueOutside(poorer.flow, slots));
  const some = spread(commands, Math.ceil(commands.length / 3));
  return [
    orders('orders', menu, true, commands),
    orders(`orders, kitchen noise at ${SNR_DB} dB`, menu, true, commands, SNR_DB),
    strings('digit strings', account, true),
    // What is on the list may be taken: the rest is asked, or missing in what is read back.
    orders('outside: orders with a value that is not on the list', poorer, true, lacking),
    orders('outside: orders at a bank menu', bank, false, some),
    orders('outside: orders where digits are asked for', account, false, some),
    strings('outside: digit strings at the menu', menu, false),
    strings('outside: digit strings at a yes-or-no question', readBack, false),
  ];
}

/* ---------------------------------------------------------------- digits */

interface Takes {
  readonly speakers: readonly string[];
  readonly files: ReadonlyMap<string, readonly string[]>;
}

async function readTakes(folder: string): Promise<Takes> {
  const path = join(folder, 'digits.json');
  const files = new Map<string, string[]>();
  const speakers = new Set<string>();
  try {
    const rows = JSON.parse(await readFile(path, 'utf8')) as readonly {
      file: string;
      digit: string;
      speaker: string;
    }[];
    for (const { file, digit, speaker } of rows) {
      speakers.add(speaker);
      files.set(`${speaker} ${digit}`, [...(files.get(`${speaker} ${digit}`) ?? []), file]);
    }
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${path} cannot be read.`, { cause });
  }
  return { speakers: [...speakers].sort(), files };
}

/** Takes of one speaker with pauses between them; the same index gives the same string. */
async function digitString(folder: string, takes: Takes, index: number) {
  const random = seeded(index);
  const lengths = LONGEST_STRING - SHORTEST_STRING + 1;
  const speaker = itemAt(takes.speakers, index % takes.speakers.length);
  const digits = Array.from({ length: SHORTEST_STRING + (index % lengths) }, () => String(Math.floor(10 * random())));
  const parts: Int16Array[] = [silence(LEAD_MS)];
  for (const digit of digits) {
    const files = takes.files.get(`${speaker} ${digit}`) ?? [];
    const take = await readWav(join(folder, itemAt(files, Math.floor(files.length * random()))));
    const gapMs = SHORTEST_GAP_MS + (LONGEST_GAP_MS - SHORTEST_GAP_MS) * random();
    parts.push(trimmed(take, 20, 20), silence(gapMs));
  }
  parts[parts.length - 1] = silence(TAIL_MS);
  return { digits: digits.join(''), samples: joined(parts), speaker };
}

/* ---------------------------------------------------------------- a flow with fewer values */

/** The flow as if its admin had not thought of every fourth value. */
export function withoutSomeValues(flow: Flow): Flow {
  const form = flow.nodes[ORDER_FORM];
  if (form?.kind !== 'form') throw new HandrailError('HR_USAGE', `The flow has no form ${ORDER_FORM}.`);
  const slots = form.slots.map((slot) => ({ ...slot, entity: poorer(slot.entity) }));
  // A copy through and through: what was compiled for parts of the whole flow must not be taken for this one.
  return structuredClone({ ...flow, nodes: { ...flow.nodes, [ORDER_FORM]: { ...form, slots } } });
}

function poorer(entity: Entity): Entity {
  const keep = <T>(values: readonly T[]): T[] =>
    values.filter((_value, index) => values.length < LEFT_OUT || index % LEFT_OUT !== 2);
  if (entity.type === 'list') return { ...entity, values: keep(entity.values) };
  if (entity.type !== 'compound') return entity;
  return {
    ...entity,
    parts: entity.parts.map((part) => (part.optional ? part : { ...part, values: keep(part.values) })),
  };
}

function hasValueOutside(flow: Flow, slots: Readonly<Record<string, string>>): boolean {
  return Object.keys(knownSlots(flow, slots)).length < Object.keys(slots).length;
}

/** The slots whose values the flow has. */
function knownSlots(flow: Flow, slots: Readonly<Record<string, string>>): Record<string, string> {
  const form = flow.nodes[ORDER_FORM];
  const entities = new Map(form?.kind === 'form' ? form.slots.map(({ name, entity }) => [name, entity]) : []);
  const isKnown = (name: string, said: string): boolean => {
    const entity = entities.get(name);
    const values =
      entity?.type === 'list' ? entity.values : entity?.type === 'compound' ? (entity.parts.at(-1)?.values ?? []) : [];
    return values.some((value) => said === spoken(value).value || said.endsWith(` ${spoken(value).value}`));
  };
  return Object.fromEntries(Object.entries(slots).filter(([name, said]) => isKnown(name, said)));
}

/* ---------------------------------------------------------------- a directory */

const firstNames = (
  'Alice Bruno Carla Dmitri Elena Farid Grace Hector Ingrid Jamal Karin Luis Mina Nadia Oscar Priya Quentin Rosa Samuel ' +
  'Tessa Umar Vera Walter Ximena Yusuf Zoe Anton Bella Cyrus Dalia Emil Fiona Gustav Hanna Ivan Julia Kenji Leila Marco Nora'
).split(' ');
const beginnings = 'Ander Baum Carl Dor Ell Fitz Gar Hol Iver Jon'.split(' ');
const endings = 'son berg well mann ton field'.split(' ');

/** So many different names of people. */
export function directoryNames(count: number): readonly string[] {
  const families = beginnings.flatMap((beginning) => endings.map((ending) => `${beginning}${ending}`));
  return families.flatMap((family) => firstNames.map((first) => `${first} ${family}`)).slice(0, count);
}

function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no item ${index} of ${list.length}`);
  return item;
}
