import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HandrailError } from '../../src/kernel/errors.js';
import { seeded } from '../../src/audio/utterance.js';

export interface Labelled {
  readonly text: string;
  readonly label: string;
}

/** Sentences of a data set: ten examples of each intent to learn from, others to be judged by. */
export interface IntentData {
  readonly name: string;
  readonly examples: readonly Labelled[];
  readonly test: readonly Labelled[];
  /** Sentences of no intent at all. */
  readonly outside: readonly string[];
}

const SHOTS = 10;

/** CLINC150 (its `val` part is judged) and BANKING77 (examples and test out of one part, no sentence in both). */
export async function intentData(folder: string, mostTests: number): Promise<readonly IntentData[]> {
  const clinc = JSON.parse(await text(folder, 'clinc150-dev.json')) as Readonly<
    Record<'train' | 'val' | 'oos_train' | 'oos_val', readonly (readonly [string, string])[]>
  >;
  const labelled = (rows: readonly (readonly [string, string])[]) => rows.map(([text, label]) => ({ text, label }));
  const banking = (await text(folder, 'banking77-dev.csv')).split('\n').slice(1).flatMap(csvRow);
  const bankingExamples = shots(banking);
  const kept = new Set(bankingExamples);
  return [
    {
      name: 'CLINC150',
      examples: shots(labelled(clinc.train)),
      test: shuffled(labelled(clinc.val), 2).slice(0, mostTests),
      outside: [...clinc.oos_train, ...clinc.oos_val].map(([text]) => text),
    },
    {
      name: 'BANKING77',
      examples: bankingExamples,
      test: shuffled(
        banking.filter((row) => !kept.has(row)),
        2,
      ).slice(0, mostTests),
      outside: [],
    },
  ];
}

/** As a recogniser errs: one word in fifteen is lost or another one, one letter in a word is wrong, a filler comes in. */
export function misheard(text: string, random: () => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const words = text.split(/\s+/).flatMap((word) => {
    const chance = random();
    if (chance < 0.05) return [];
    if (chance < 0.12 && word.length > 2) {
      const at = Math.floor(random() * word.length);
      return [word.slice(0, at) + (pick([...'aeioutnsr']) ?? '') + word.slice(at + 1)];
    }
    if (chance < 0.15) return [pick(['the', 'a', 'to', 'and', 'I', 'it', 'in', 'on']) ?? word];
    return chance < 0.17 ? [pick(['uh', 'um', 'the', 'a']) ?? '', word] : [word];
  });
  return words.length === 0 ? text : words.join(' ');
}

export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return list
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** Ten of each intent, whatever their order in the file. */
function shots(rows: readonly Labelled[]): Labelled[] {
  const counts = new Map<string, number>();
  return shuffled(rows, 1).filter(({ label }) => {
    const count = counts.get(label) ?? 0;
    counts.set(label, count + 1);
    return count < SHOTS;
  });
}

/** `text,label` with the text in quotation marks where it holds a comma. */
function csvRow(line: string): Labelled[] {
  const parts = /^(?:"((?:[^"]|"")*)"|([^,]*)),([^,]+?)\s*$/.exec(line);
  const said = parts?.[1]?.replaceAll('""', '"') ?? parts?.[2];
  return said && parts?.[3] ? [{ text: said, label: parts[3] }] : [];
}

async function text(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${join(folder, name)} cannot be read.`, { cause });
  }
}
