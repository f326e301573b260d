import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HandrailError } from '../../src/kernel/errors.js';

/**
 * Who speaks each recording, by `voices.json` of a folder of strangers (bench/recognition/train_endings.py): recordings that do
 * not tell their speakers are in groups of voices that sound alike.
 *
 * @throws HandrailError HR_USAGE where it lacks one of them
 */
export async function readVoices(
  strangers: string,
  recordings: readonly { readonly file: string }[],
): Promise<Readonly<Record<string, string>>> {
  const path = join(strangers, 'voices.json');
  let voices: Readonly<Record<string, string>>;
  try {
    voices = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, string>>;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${path} cannot be read.`, { cause });
  }
  const unknown = recordings.find(({ file }) => voices[file] === undefined);
  if (unknown) throw new HandrailError('HR_USAGE', `${path} does not tell who speaks ${unknown.file}.`);
  return voices;
}
