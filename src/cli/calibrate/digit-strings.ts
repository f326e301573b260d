import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joined, LEAD_MS, seeded, silence, TAIL_MS, trimmed } from '../../audio/utterance.js';
import { readWav } from '../../audio/wav.js';
import { HandrailError } from '../../kernel/errors.js';

const SHORTEST_GAP_MS = 100;
const LONGEST_GAP_MS = 250;

/** Single digits of several speakers. */
export interface Takes {
  readonly folder: string;
  readonly speakers: readonly string[];
  /** Speaker and digit → files. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

export interface DigitString {
  readonly digits: string;
  readonly samples: Int16Array;
  readonly speaker: string;
}

interface DigitRow {
  readonly file: string;
  readonly digit: string;
  readonly speaker: string;
}

/** Of `digits.json`; no speakers where the folder has none. @throws HandrailError HR_USAGE */
export async function readTakes(folder: string): Promise<Takes> {
  const path = join(folder, 'digits.json');
  const files = new Map<string, string[]>();
  const speakers = new Set<string>();
  if (!existsSync(path)) return { folder, speakers: [], files };
  try {
    for (const { file, digit, speaker } of JSON.parse(await readFile(path, 'utf8')) as readonly DigitRow[]) {
      speakers.add(speaker);
      files.set(`${speaker} ${digit}`, [...(files.get(`${speaker} ${digit}`) ?? []), file]);
    }
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${path} cannot be read.`, { cause });
  }
  return { folder, speakers: [...speakers].sort(), files };
}

/** Takes of one speaker with pauses of 100 to 250 ms between them; the same index gives the same string. */
export async function digitString(
  takes: Takes,
  index: number,
  shortest: number,
  longest: number,
): Promise<DigitString> {
  const random = seeded(index);
  const speaker = itemAt(takes.speakers, index % takes.speakers.length);
  const count = shortest + (index % (longest - shortest + 1));
  const digits = Array.from({ length: count }, () => String(Math.floor(10 * random())));
  const parts: Int16Array[] = [silence(LEAD_MS)];
  for (const digit of digits) {
    const files = takes.files.get(`${speaker} ${digit}`) ?? [];
    const take = await readWav(join(takes.folder, itemAt(files, Math.floor(files.length * random()))));
    const gapMs = SHORTEST_GAP_MS + (LONGEST_GAP_MS - SHORTEST_GAP_MS) * random();
    parts.push(trimmed(take, 20, 20), silence(gapMs));
  }
  parts[parts.length - 1] = silence(TAIL_MS);
  return { digits: digits.join(''), samples: joined(parts), speaker };
}

function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`there is no item ${index} of ${list.length}`);
  return item;
}
