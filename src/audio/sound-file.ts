import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { decodeWav } from './wav.js';

/** Longest prompt that is taken. */
export const MAX_PROMPT_MS = 300_000;
const MAX_PCM_BYTES = (MAX_PROMPT_MS / 1_000) * TELEPHONE_RATE_HZ * 2;
/** Decoding five minutes takes a second; whoever needs longer has been given something else to do. */
const DECODE_WITHIN_MS = 20_000;

type Container = 'wav' | 'aiff' | 'flac' | 'ogg' | 'mp3' | 'm4a';

/**
 * Reads a sound file of any usual format as telephone audio. A WAV that we know is read here; everything else by ffmpeg, where
 * it is installed. What the bytes are is told by their beginning, never by a name, and ffmpeg is held to that format: no
 * playlist, no other file, no network.
 *
 * @returns PCM16 mono at 8,000 Hz, five minutes at most
 * @throws HandrailError HR_WAV_INVALID with what is wrong
 */
export async function readSound(bytes: Buffer, where: string, ffmpeg = 'ffmpeg'): Promise<Int16Array> {
  const container = containerOf(bytes);
  if (container === undefined) throw refused(where, 'it is no WAV, AIFF, FLAC, Ogg, MP3 or M4A file.');
  const samples =
    container === 'wav' ? await readWavFile(bytes, where, ffmpeg) : await decoded(bytes, container, where, ffmpeg);
  if (2 * samples.length >= MAX_PCM_BYTES) throw refused(where, 'it is longer than five minutes.');
  return samples;
}

/** Of a WAV the decoder here knows the usual codings; ffmpeg may know the others. */
async function readWavFile(bytes: Buffer, where: string, ffmpeg: string): Promise<Int16Array> {
  try {
    return decodeWav(bytes, where);
  } catch (known) {
    return decoded(bytes, 'wav', where, ffmpeg).catch((error: unknown) => {
      // Without ffmpeg the first reason is the one that helps.
      throw error instanceof NoFfmpeg ? known : error;
    });
  }
}

function containerOf(bytes: Buffer): Container | undefined {
  const at = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WAVE') return 'wav';
  if (at(0, 4) === 'FORM' && at(8, 11) === 'AIF') return 'aiff';
  if (at(0, 4) === 'fLaC') return 'flac';
  if (at(0, 4) === 'OggS') return 'ogg';
  if (at(4, 8) === 'ftyp') return 'm4a';
  const isFrame = bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;
  return at(0, 3) === 'ID3' || isFrame ? 'mp3' : undefined;
}

class NoFfmpeg extends HandrailError {
  constructor(where: string, container: Container) {
    super('HR_WAV_INVALID', `${where}: this ${container} file needs ffmpeg, which is not installed here.`);
  }
}

async function decoded(bytes: Buffer, container: Container, where: string, ffmpeg: string): Promise<Int16Array> {
  const fromPipe = ['-protocol_whitelist', 'pipe', '-f', container, '-i', 'pipe:0'];
  if (container !== 'm4a') return ffmpegReads(fromPipe, bytes, container, where, ffmpeg);
  // Telephones write its index at the end, so it cannot be read as it comes.
  const folder = await mkdtemp(join(tmpdir(), 'handrail-sound-'));
  try {
    const file = join(folder, 'upload');
    await writeFile(file, bytes, { mode: 0o600 });
    const fromFile = ['-protocol_whitelist', 'file', '-f', 'mov', '-i', `file:${file}`];
    return await ffmpegReads(fromFile, Buffer.alloc(0), container, where, ffmpeg);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ffmpegReads(
  input: readonly string[],
  bytes: Buffer,
  container: Container,
  where: string,
  ffmpeg: string,
): Promise<Int16Array> {
  const output = ['-map', 'a:0', '-ac', '1', '-ar', String(TELEPHONE_RATE_HZ), '-f', 's16le', 'pipe:1'];
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-nostdin', '-hide_banner', '-loglevel', 'error', ...input, ...output], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: DECODE_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let length = 0;
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'ENOENT' ? new NoFfmpeg(where, container) : refused(where, 'ffmpeg cannot be started.', cause),
      );
    });
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      // A small file can hold hours of silence.
      if (length >= MAX_PCM_BYTES) child.kill('SIGKILL');
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
    child.on('close', (code) => {
      if (length >= MAX_PCM_BYTES) return reject(refused(where, 'it is longer than five minutes.'));
      if (code !== 0) return reject(refused(where, `ffmpeg cannot read this ${container} file.`));
      const pcm = Buffer.concat(chunks);
      resolve(Int16Array.from({ length: pcm.length >> 1 }, (_, i) => pcm.readInt16LE(2 * i)));
    });
  });
}

function refused(where: string, why: string, cause?: unknown): HandrailError {
  return new HandrailError('HR_WAV_INVALID', `${where}: ${why}`, { cause });
}
