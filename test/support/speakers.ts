import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCommands, spread, type SpokenCommand } from '../../bench/commands.js';
import { readWav } from '../../src/audio/wav.js';
import type { PrivatePbx } from '../../src/cli/private-pbx.js';
import { speechFolder } from '../../src/cli/speech.js';
import type { SpeechFolder } from '../../src/cli/synthetic-speech.js';

const PAUSE_SAMPLES = 150 * 8;
const BETWEEN_GROUPS_SAMPLES = 500 * 8;

/** The callers of these tests: recorded people where there are any, else voices made at set-up. Says which. */
export async function callers(pbx: PrivatePbx): Promise<SpeechFolder> {
  const folder = await speechFolder({ pbx, print: (line) => console.log(line) });
  console.log(`Callers: ${folder.kind === 'people' ? 'recordings of people' : 'made voices'} in ${folder.path}`);
  return folder;
}

export interface SpokenOrder extends SpokenCommand {
  readonly samples: Int16Array;
}

/** Orders of different callers: spread over the folder, the same ones at every run. */
export async function spokenOrders({ path }: SpeechFolder, count: number): Promise<SpokenOrder[]> {
  const commands = spread(await readCommands(path), count);
  return Promise.all(
    commands.map(async (command) => ({ ...command, samples: await readWav(join(path, command.file)) })),
  );
}

/**
 * Digits by one speaker, one after another with a short pause; a space among them is a pause of half a second more. `take`
 * picks among that speaker's recordings.
 */
export async function spokenDigits({ path }: SpeechFolder, digits: string, take = 0): Promise<Int16Array> {
  const entries = JSON.parse(await readFile(join(path, 'digits.json'), 'utf8')) as readonly {
    readonly file: string;
    readonly digit: string;
    readonly speaker: string;
  }[];
  const speaker = entries[0]?.speaker;
  const pieces: Int16Array[] = [];
  for (const digit of digits) {
    if (digit === ' ') {
      pieces.push(new Int16Array(BETWEEN_GROUPS_SAMPLES));
      continue;
    }
    const takes = entries.filter((entry) => entry.digit === digit && entry.speaker === speaker);
    const entry = takes[take % takes.length];
    if (!entry) throw new Error(`nobody says ${digit} in ${path}`);
    pieces.push(await readWav(join(path, entry.file)), new Int16Array(PAUSE_SAMPLES));
  }
  return joined(pieces);
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
