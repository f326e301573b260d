import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asPrompt } from '../audio/prompt-level.js';
import { decodeWav, encodeWav } from '../audio/wav.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { HandrailError } from '../kernel/errors.js';

/** A recording that a flow can name, see `recordings` there. */
export interface PromptRecording {
  readonly name: string;
  readonly lengthMs: number;
  readonly madeAtWallMs: number;
}

const HEADER_BYTES = 44;
/** So many that nobody finds another sound of the same name, which would take the place of one that is published. */
const HASH_DIGITS = 16;
const namePattern = /^[a-z0-9][a-z0-9-]{0,79}$/;

/**
 * Recordings that are played as prompts: one WAV each, named by what it was called and by the hash of its sound. One that is
 * there never changes, so that what a published version says never does.
 */
export class PromptRecordings {
  /** Undefined: it is not there, and a published flow may ask for it at each call. */
  readonly #known = new Map<string, Int16Array | undefined>();

  constructor(private readonly folder: string) {}

  /** Newest first. */
  async list(): Promise<readonly PromptRecording[]> {
    const files = (await readdir(this.folder).catch(absent)).filter(
      (file) => namePattern.test(nameOf(file)) && file.endsWith('.wav'),
    );
    const found = await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await stat(join(this.folder, file));
        const lengthMs = Math.round((size - HEADER_BYTES) / 2 / (TELEPHONE_RATE_HZ / 1_000));
        return { name: nameOf(file), lengthMs, madeAtWallMs: Math.round(mtimeMs) };
      }),
    );
    return found.sort((a, b) => b.madeAtWallMs - a.madeAtWallMs || (a.name < b.name ? -1 : 1));
  }

  /** @returns undefined when there is none of this name: a name from outside is never made a path */
  async wav(name: string): Promise<Buffer | undefined> {
    return namePattern.test(name) ? readFile(this.#path(name)).catch(() => undefined) : undefined;
  }

  /** As PCM16 mono at 8,000 Hz. It is read once; a file that is damaged counts as absent. */
  samples(name: string): Int16Array | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const samples = namePattern.test(name) ? readSamples(this.#path(name)) : undefined;
    this.#known.set(name, samples);
    return samples;
  }

  /**
   * Takes up a recording, made as loud as the other prompts.
   * @param title what somebody called it
   * @throws HandrailError HR_WAV_INVALID when nothing is to be heard in it; HR_DISK_FULL
   */
  async add(title: string, recorded: Int16Array): Promise<PromptRecording> {
    const samples = asPrompt(recorded);
    if (!samples) throw new HandrailError('HR_WAV_INVALID', `${title}: there is nothing to hear in it.`);
    const wav = encodeWav([samples]);
    const hash = createHash('sha256').update(wav).digest('hex').slice(0, HASH_DIGITS);
    const name = `${slug(title)}-${hash}`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(`${this.#path(name)}.part`, wav);
      await rename(`${this.#path(name)}.part`, this.#path(name));
    } catch (cause) {
      throw new HandrailError('HR_DISK_FULL', `The recording ${name} could not be written.`, { cause });
    }
    this.#known.set(name, samples);
    const { mtimeMs } = await stat(this.#path(name));
    return {
      name,
      lengthMs: Math.round(samples.length / (TELEPHONE_RATE_HZ / 1_000)),
      madeAtWallMs: Math.round(mtimeMs),
    };
  }

  /**
   * Gives a recording another name; its hash stays, and so what can be told apart by it.
   * @param title what somebody calls it now
   * @returns undefined when there is none
   */
  async rename(name: string, title: string): Promise<PromptRecording | undefined> {
    if (!(await this.wav(name))) return undefined;
    const renamed = `${slug(title)}-${name.slice(name.lastIndexOf('-') + 1)}`;
    await rename(this.#path(name), this.#path(renamed));
    this.#known.delete(name);
    this.#known.delete(renamed);
    return (await this.list()).find((recording) => recording.name === renamed);
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    if (!(await this.wav(name))) return false;
    await rm(this.#path(name), { force: true });
    this.#known.delete(name);
    return true;
  }

  #path(name: string): string {
    return join(this.folder, `${name}.wav`);
  }
}

function readSamples(file: string): Int16Array | undefined {
  try {
    return decodeWav(readFileSync(file), file);
  } catch {
    return undefined;
  }
}

function nameOf(file: string): string {
  return file.replace(/\.wav$/, '');
}

function slug(title: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 60);
  return plain.replace(/-+$/, '') || 'prompt';
}

function absent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
