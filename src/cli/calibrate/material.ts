import { basename, join } from 'node:path';
import { disguised } from '../../audio/disguised.js';
import { LEAD_MS, seeded, TAIL_MS, trimmed } from '../../audio/utterance.js';
import { readWav } from '../../audio/wav.js';
import { initialState } from '../../dialog/entering.js';
import { expectationOf } from '../../dialog/expecting.js';
import type { Expectation, Meaning } from '../../flow/expectation.js';
import type { Flow } from '../../flow/schema.js';
import { HandrailError } from '../../kernel/errors.js';
import { spread } from '../spread.js';
import { digitString, readTakes, type DigitString, type Takes } from './digit-strings.js';
import { TELEPHONE_RATE_HZ } from '../../externalmedia/port.js';
import { hasValueOutside, withoutSomeValues } from './poorer-flow.js';
import { inNoise, NOISE_DB, noiseFiles, readRows, truthOf, type Row } from './rows.js';

/** Something said at one moment of a flow. */
export interface Utterance {
  /** What is tried here, in words for people. */
  readonly kind: string;
  readonly expectation: Expectation;
  readonly samples: Int16Array;
  /** Absent: nothing that can be meant there. */
  readonly truth: Meaning | undefined;
  /** The same number for what is made of the same recording, or of the same speaker’s digits. */
  readonly recording: number;
  /** Of `digits.json`; absent for what is no digits. */
  readonly speaker?: string;
}

export interface Material {
  readonly recordings: number;
  /** Each is made when it is called for: a thousand recordings need not lie in memory. */
  readonly utterances: readonly (() => Promise<Utterance>)[];
}

const confirmation: Expectation = { kind: 'confirmation', form: undefined };
const LONGEST_STRING = 8;
const SHORTEST_FOREIGN_STRING = 4;
/** Of each speaker. */
const STRINGS_OF_EACH = 60;
const FOREIGN_STRINGS_OF_EACH = 20;
const AMONG_OF_EACH = 40;
const NOISES_OF_EACH = 120;
/** As long as a short answer. */
const NOISE_MS = { least: 150, most: 1_500 } as const;
const LOUDEST_NOISE_DB = 12;
/** Other strings than those of the flow’s questions. */
const FIRST_AMONG = 10_000;

/**
 * Each recording as it is; in noise where the folder has some (`noise/*.wav`); where something else is asked, at the plain
 * yes-or-no question or one for another value, where it means nothing; and where the flow lacks a value that it names. With
 * a `digits.json` of single digits, strings of them too, at the flow’s questions for digits and at questions for more of them,
 * whole and not said to the end; at its start and at the yes-or-no question. And pieces of each noise by itself.
 *
 * @param folder with `utterances.json`, or `commands.json`: rows of `file` (a WAV at 8 kHz), `node` (absent: the flow’s
 * first), and `intent` and `slots` as they are meant there
 * @param limit the most recordings, spread over the list
 * @throws HandrailError HR_USAGE
 */
export async function readMaterial(folder: string, flow: Flow, limit: number): Promise<Material> {
  const all = await readRows(folder);
  const rows = spread(all, Math.min(limit, all.length));
  for (const { node } of rows) {
    if (node !== undefined && !flow.nodes[node])
      throw new HandrailError('HR_USAGE', `A recording names the node ${node}, which the flow ${flow.id} has not.`);
  }
  const noises = await Promise.all(
    (await noiseFiles(folder)).map(async (path) => ({ name: basename(path, '.wav'), samples: await readWav(path) })),
  );
  const poorer = withoutSomeValues(flow);
  const takes = await readTakes(folder);
  return {
    recordings: rows.length,
    utterances: [
      ...rows.flatMap((row, recording) => ofRecording(folder, row, recording, { flow, poorer, noises })),
      ...ofDigits(takes, flow, rows.length, limit),
      ...noises.flatMap((noise, at) =>
        ofNoise(noise, flow, rows.length + takes.speakers.length + at * NOISES_OF_EACH, limit),
      ),
    ],
  };
}

interface Noise {
  readonly name: string;
  readonly samples: Int16Array;
}

interface Around {
  readonly flow: Flow;
  readonly poorer: Flow;
  readonly noises: readonly Noise[];
}

function ofRecording(folder: string, row: Row, recording: number, { flow, poorer, noises }: Around) {
  const nodeId = row.node ?? flow.start;
  const truth = truthOf(row);
  const clean = async () => trimmed(await readWav(join(folder, row.file)), LEAD_MS, TAIL_MS);
  const heard =
    (kind: string, expectation: Expectation, meant: Meaning | undefined, samples = clean) =>
    async () => ({
      kind,
      expectation,
      samples: await samples(),
      truth: meant,
      recording,
    });
  const noise = noises[recording % Math.max(1, noises.length)];
  const elsewhere = [confirmation, ...valuesAskedElsewhere(flow, nodeId)];
  const other = elsewhere[recording % elsewhere.length];
  // “Yes” and “no” are answers to many questions.
  const isForeign = row.intent !== 'yes' && row.intent !== 'no';
  const here = expectationAt(flow, nodeId);
  return [
    heard('as recorded', here, truth),
    ...(noise
      ? [
          heard(`in noise of ${noise.name} at ${NOISE_DB} dB`, here, truth, async () =>
            inNoise(await clean(), noise.samples, row),
          ),
        ]
      : []),
    ...(other && isForeign ? [heard('at another question', other, undefined)] : []),
    ...(hasValueOutside(poorer, row)
      ? [heard('with a value that the flow lacks', expectationAt(poorer, nodeId), undefined)]
      : []),
  ];
}

/**
 * Of the speakers of the folder every second string is disguised: their voices may be those that the recogniser has learnt, and a
 * model that has met nobody else would take every stranger for somebody who says something else.
 */
const stringOf = async (takes: Takes, index: number, shortest: number, longest: number): Promise<DigitString> => {
  const string = await digitString(takes, index, shortest, longest);
  const isStranger = Math.floor(index / takes.speakers.length) % 2 === 1;
  return isStranger ? { ...string, samples: disguised(string.samples, seeded(index)) } : string;
};

/** Strings of single digits: where the flow asks for digits; at its start, and as an answer to yes or no, where they mean nothing. */
function ofDigits(takes: Takes, flow: Flow, firstRecording: number, limit: number): (() => Promise<Utterance>)[] {
  const speakers = takes.speakers.length;
  if (speakers === 0) return [];
  const recordingOf = (speaker: string): number => firstRecording + takes.speakers.indexOf(speaker);
  const made = (kind: string, expectation: Expectation, { min, max, slot, each }: Strings) =>
    Array.from({ length: Math.min(limit, speakers * each) }, (_, index) => async () => {
      const { digits, samples, speaker } = await stringOf(takes, index, min, Math.min(max, LONGEST_STRING));
      const truth = slot === undefined ? undefined : { intent: undefined, slots: { [slot]: digits } };
      return { kind, expectation, samples, truth, recording: recordingOf(speaker), speaker };
    });
  const questions = Object.entries(flow.nodes).flatMap(([id, node]) =>
    node.kind === 'collect' && node.entity.type === 'digits'
      ? [{ at: expectationAt(flow, id), slot: node.slot, min: node.entity.min, max: node.entity.max }]
      : [],
  );
  /** Where so many digits are asked for as were said, or more: a caller may stop in the middle of a number. */
  const among = (kind: string, said: (asked: number, index: number) => number, fewest: (asked: number) => number) =>
    Array.from({ length: Math.min(limit, speakers * AMONG_OF_EACH) }, (_, index) => async () => {
      const asked = LONGEST_STRING - (Math.floor(index / speakers) % (LONGEST_STRING - SHORTEST_FOREIGN_STRING));
      const count = said(asked, index);
      const { digits, samples, speaker } = await stringOf(takes, FIRST_AMONG + index, count, count);
      const expectation = digitsAsked(fewest(asked), asked);
      const isWhole = count >= fewest(asked);
      const truth = isWhole ? { intent: undefined, slots: { [expectation.name]: digits } } : undefined;
      return { kind, expectation, samples, truth, recording: recordingOf(speaker), speaker };
    });
  const all = (asked: number): number => asked;
  const notToTheEnd = (asked: number, index: number): number => 2 + (index % (asked - 2));
  const foreign = { min: SHORTEST_FOREIGN_STRING, max: LONGEST_STRING, slot: undefined, each: FOREIGN_STRINGS_OF_EACH };
  return [
    ...questions.flatMap(({ at, ...asked }) => made('digit strings', at, { ...asked, each: STRINGS_OF_EACH })),
    ...among('longer digit strings', all, all),
    ...among('digit strings of any length', notToTheEnd, () => SHORTEST_FOREIGN_STRING),
    ...among('digit strings that are not said to the end', notToTheEnd, all),
    ...made('digit strings at the start', expectationAt(flow, flow.start), foreign),
    ...made('digit strings at a yes-or-no question', confirmation, foreign),
  ];
}

/** Pieces of a noise by themselves, as loud as they are and louder: at the flow’s start, at the yes-or-no question, and where a value is asked for. */
function ofNoise({ name, samples }: Noise, flow: Flow, firstRecording: number, limit: number) {
  const places = [expectationAt(flow, flow.start), confirmation, ...valuesAskedElsewhere(flow, flow.start)];
  return Array.from({ length: Math.min(limit, NOISES_OF_EACH) }, (_, index) => async (): Promise<Utterance> => {
    const random = seeded(index);
    const length = LEAD_MS + TAIL_MS + NOISE_MS.least + (NOISE_MS.most - NOISE_MS.least) * random();
    const from = Math.floor(random() * samples.length);
    const gain = 10 ** ((LOUDEST_NOISE_DB * random()) / 20);
    const piece = Int16Array.from({ length: Math.round((length * TELEPHONE_RATE_HZ) / 1_000) }, (_sample, at) =>
      Math.max(-32_768, Math.min(32_767, gain * (samples[(from + at) % samples.length] ?? 0))),
    );
    const expectation = places[index % places.length] ?? confirmation;
    return {
      kind: `noise of ${name} alone`,
      expectation,
      samples: piece,
      truth: undefined,
      recording: firstRecording + index,
    };
  });
}

interface Strings {
  readonly min: number;
  readonly max: number;
  /** What they fill; absent where they mean nothing. */
  readonly slot: string | undefined;
  /** Of each speaker. */
  readonly each: number;
}

function digitsAsked(min: number, max: number) {
  const entity = { type: 'digits', min, max } as const;
  return { kind: 'entity', name: 'number', entity, examples: [] } as const satisfies Expectation;
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
