import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { noisy, seeded } from '../../audio/utterance.js';
import type { Meaning } from '../../flow/expectation.js';
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
/** One recording of a folder: where in the flow it is spoken (absent: at its first node), and what it means there. */
export type Row = Static<typeof Rows>[number];

export const NOISE_DB = 12;
const LISTS = ['utterances.json', 'commands.json'];

/** @throws HandrailError HR_USAGE when the folder has no list of recordings */
export async function readRows(folder: string): Promise<readonly Row[]> {
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

/** Absent: nothing that can be meant there. */
export function truthOf({ intent, slots }: Row): Meaning | undefined {
  return intent === undefined && slots === undefined ? undefined : { intent, slots: slots ?? {} };
}

/** With noise 12 dB below the speech: each recording with another part of it, and always with the same. */
export function inNoise(samples: Int16Array, noise: Int16Array, { file }: Row): Int16Array {
  const seed = createHash('sha256').update(file).digest().readUInt32LE();
  return noisy(samples, noise, NOISE_DB, Math.floor(seeded(seed)() * noise.length));
}

/** Paths of `noise/*.wav`; none where the folder has no such folder. */
export async function noiseFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(folder, 'noise'));
    return names
      .filter((name) => name.endsWith('.wav'))
      .sort()
      .map((name) => join(folder, 'noise', name));
  } catch {
    return [];
  }
}
