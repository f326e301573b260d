import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import { cacheDir, homeDir, projectRoot } from '../kernel/paths.js';
import { toTelephoneFile } from './speech-convert.js';
import { spokenOrders, type SpokenOrder } from './synthetic-orders.js';
import type { SyntheticVoice } from './synthetic-voices.js';

/** A folder with commands.json and digits.json: recorded or made callers. */
export interface SpeechFolder {
  readonly path: string;
  /** Whether real people speak in it. Runs say which they used. */
  readonly kind: 'people' | 'made';
}

export interface SpeechMakers {
  /** Asked in order; one that fails (a program that is not installed) is left out. */
  readonly voices: readonly SyntheticVoice[];
  /** Folder with 0.gsm … 9.gsm spoken by a person, and what turns one of them into a WAV (Asterisk can). */
  readonly digits?: { readonly folder: string; toWav(from: string, to: string): Promise<void> };
  readonly print: (line: string) => void;
}

const ORDERS = 30;
const madeFolder = join(cacheDir, 'speech-made');

/**
 * The speech folder that there is: HANDRAIL_SPEECH, ../shared/speech beside the project, HANDRAIL_HOME/speech, or
 * `speech-made` in the cache once `ensureSpeechFolder` has made it.
 *
 * @throws HandrailError HR_CONFIG_INVALID when HANDRAIL_SPEECH names a folder that is none
 */
export function findSpeechFolder(): SpeechFolder | undefined {
  const named = process.env['HANDRAIL_SPEECH'];
  if (named !== undefined && !isSpeechFolder(named)) {
    throw new HandrailError('HR_CONFIG_INVALID', `HANDRAIL_SPEECH: there is no commands.json in ${named}.`);
  }
  const people = [named, join(projectRoot, '../shared/speech'), join(homeDir, 'speech')].find(
    (path) => path !== undefined && isSpeechFolder(path),
  );
  if (people !== undefined) return { path: people, kind: 'people' };
  return isSpeechFolder(madeFolder) ? { path: madeFolder, kind: 'made' } : undefined;
}

/**
 * As `findSpeechFolder`; where there is none, makes callers once: café orders by synthetic voices, digits by the person
 * of Asterisk's sound package and the same voices.
 *
 * @throws HandrailError HR_SETUP_FAILED of the last voice when not one of them can speak
 */
export async function ensureSpeechFolder(makers: SpeechMakers): Promise<SpeechFolder> {
  const found = findSpeechFolder();
  if (found) return found;
  makers.print('No recorded callers here: making some (synthetic voices, and the digits of Asterisk’s sound package).');
  // Made beside and renamed: a folder that was begun and not finished is never taken for one.
  const draft = `${madeFolder}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'commands'), { recursive: true });
  await mkdir(join(draft, 'digits'));
  const voices = await workingVoices(makers, draft);
  const orders = await speakOrders(voices, draft);
  const digits = [...(await speakDigits(voices, draft)), ...(await convertDigits(makers.digits, draft))];
  await rm(join(draft, 'raw'), { recursive: true, force: true });
  await writeJson(join(draft, 'commands.json'), orders);
  await writeJson(join(draft, 'digits.json'), digits);
  await rename(draft, madeFolder);
  makers.print(`${orders.length} orders and ${digits.length} digits are in ${madeFolder}.`);
  return { path: madeFolder, kind: 'made' };
}

interface DigitEntry {
  readonly file: string;
  readonly digit: string;
  readonly speaker: string;
}

async function workingVoices({ voices, print }: SpeechMakers, draft: string): Promise<SyntheticVoice[]> {
  await mkdir(join(draft, 'raw'), { recursive: true });
  const working: SyntheticVoice[] = [];
  let problem: Error | undefined;
  for (const voice of voices) {
    try {
      await voice.speak([{ text: 'hello', path: join(draft, 'raw', 'hello.wav') }]);
      working.push(voice);
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error));
      print(`The voice ${voice.name} is not there and is left out.`);
    }
  }
  if (working.length === 0 && problem) throw problem;
  return working;
}

/** Each order by one voice, in turns. */
async function speakOrders(voices: readonly SyntheticVoice[], draft: string): Promise<object[]> {
  const entries: object[] = [];
  const orders = spokenOrders(ORDERS).map((order, index) => ({ order, index }));
  for (const [turn, voice] of voices.entries()) {
    const own = orders.filter(({ index }) => index % voices.length === turn);
    const names = own.map(({ index }) => `commands/${String(index).padStart(2, '0')}_${voice.name}.wav`);
    await speakAll(
      voice,
      own.map(({ order }) => order.text),
      names,
      draft,
    );
    own.forEach(({ order }, at) => entries.push(orderEntry(order, names[at] ?? '', voice.name)));
  }
  return entries;
}

function orderEntry({ intent, slots }: SpokenOrder, file: string, speaker: string): object {
  return { file, intent, slots, speaker };
}

async function speakDigits(voices: readonly SyntheticVoice[], draft: string): Promise<DigitEntry[]> {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  const entries: DigitEntry[] = [];
  for (const voice of voices) {
    const files = words.map((_, digit) => `digits/${digit}_${voice.name}_0.wav`);
    await speakAll(voice, words, files, draft);
    files.forEach((file, digit) => entries.push({ file, digit: String(digit), speaker: voice.name }));
  }
  return entries;
}

async function convertDigits(sounds: SpeechMakers['digits'], draft: string): Promise<DigitEntry[]> {
  const entries: DigitEntry[] = [];
  if (!sounds || !existsSync(join(sounds.folder, '0.gsm'))) return entries;
  for (let digit = 0; digit <= 9; digit++) {
    const raw = join(draft, 'raw', `${digit}.wav`);
    const file = `digits/${digit}_asterisk_0.wav`;
    await sounds.toWav(join(sounds.folder, `${digit}.gsm`), raw);
    await toTelephoneFile(raw, join(draft, file));
    entries.push({ file, digit: String(digit), speaker: 'asterisk' });
  }
  return entries;
}

async function speakAll(
  voice: SyntheticVoice,
  texts: readonly string[],
  files: readonly string[],
  draft: string,
): Promise<void> {
  const raws = files.map((_, index) => join(draft, 'raw', `${voice.name}-${index}.wav`));
  await voice.speak(texts.map((text, index) => ({ text, path: raws[index] ?? '' })));
  for (const [index, file] of files.entries()) await toTelephoneFile(raws[index] ?? '', join(draft, file));
}

function isSpeechFolder(path: string): boolean {
  return existsSync(join(path, 'commands.json'));
}

async function writeJson(path: string, entries: readonly object[]): Promise<void> {
  await writeFile(path, `${JSON.stringify(entries, undefined, 1)}\n`);
}
