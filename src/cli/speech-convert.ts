import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { encodeUlawWav } from '../audio/ulaw-wav.js';
import { readWav } from '../audio/wav.js';
import { HandrailError } from '../kernel/errors.js';

/** Peak of every recording in a speech folder, -6 dBFS. */
const PEAK = 16_384;

/** Turns an unpacked public set into its part of a speech folder: 8 kHz mu-law WAV files and a list of them. */
export type SpeechConverter = (source: string, folder: string) => Promise<number>;

/** By the set's id in models/manifest.json. */
export const speechConverters: Readonly<Record<string, SpeechConverter>> = {
  'speech-to-intent-benchmark': convertCommands,
  'free-spoken-digit-dataset': convertDigits,
};

const Labels = Type.Record(
  Type.String(),
  Type.Object({ intent: Type.String(), slots: Type.Record(Type.String(), Type.String()) }),
);

/**
 * The coffee orders of Picovoice's benchmark: `data/label/label.json` and `data/speech/clean`; the kitchen noise beside them.
 *
 * @returns how many recordings there are now
 * @throws HandrailError HR_WAV_INVALID; HR_SETUP_FAILED when the labels are not understood
 */
async function convertCommands(source: string, folder: string): Promise<number> {
  const labelFile = join(source, 'data/label/label.json');
  const labels: unknown = JSON.parse(await readFile(labelFile, 'utf8'));
  if (!Value.Check(Labels, labels)) throw new HandrailError('HR_SETUP_FAILED', `${labelFile} has another form.`);
  const names = Object.keys(labels).sort();
  await mkdir(join(folder, 'commands'), { recursive: true });
  const entries: object[] = [];
  for (const name of names) {
    const label = labels[name];
    // Names come out of the archive: only the last part of a path is taken.
    const file = `commands/${basename(name)}`;
    await toTelephoneFile(join(source, 'data/speech/clean', basename(name)), join(folder, file));
    // Some values begin with a blank in the set.
    const slots = Object.entries(label?.slots ?? {}).map(([slot, value]) => [slot, value.trim()] as const);
    entries.push({ file, intent: label?.intent, slots: Object.fromEntries(slots) });
  }
  await mkdir(join(folder, 'noise'), { recursive: true });
  await toTelephoneFile(join(source, 'data/noise/kitchen.wav'), join(folder, 'noise/kitchen.wav'));
  await writeList(join(folder, 'commands.json'), entries);
  return entries.length;
}

/** The Free Spoken Digit Dataset: `recordings/<digit>_<speaker>_<take>.wav`. */
async function convertDigits(source: string, folder: string): Promise<number> {
  const recordings = join(source, 'recordings');
  await mkdir(join(folder, 'digits'), { recursive: true });
  const entries: object[] = [];
  for (const name of (await readdir(recordings)).sort()) {
    const [, digit, speaker] = /^(\d)_([a-z]+)_\d+\.wav$/.exec(name) ?? [];
    if (digit === undefined || speaker === undefined) continue;
    const file = `digits/${name}`;
    await toTelephoneFile(join(recordings, name), join(folder, file));
    entries.push({ file, digit, speaker });
  }
  await writeList(join(folder, 'digits.json'), entries);
  return entries.length;
}

/** Any WAV file as a recorded caller: 8 kHz mu-law, peak at -6 dBFS. @throws HandrailError HR_WAV_INVALID */
export async function toTelephoneFile(from: string, to: string): Promise<void> {
  await writeFile(to, encodeUlawWav(atPeak(await readWav(from))));
}

/** The same recording with its loudest sample at -6 dBFS; silence stays silence. */
export function atPeak(samples: Int16Array): Int16Array {
  const peak = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1);
  return samples.map((sample) => (sample * PEAK) / peak);
}

/** The list comes last and whole: a folder with a list is complete. */
async function writeList(path: string, entries: readonly object[]): Promise<void> {
  const part = `${path}.part`;
  await writeFile(part, `${JSON.stringify(entries, undefined, 1)}\n`);
  await rename(part, path);
}
