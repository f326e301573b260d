import { readFile, writeFile } from 'node:fs/promises';
import { HandrailError } from '../kernel/errors.js';
import { g711 } from '../externalmedia/g711.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { resample } from './resample.js';

/** RIFF format tags (RFC 2361). */
const formatTags = { pcm: 1, alaw: 6, ulaw: 7, extensible: 0xfffe } as const;

const readableRates: readonly number[] = [8_000, 16_000, 22_050, 44_100, 48_000];

/**
 * Reads a sound file as telephone audio.
 *
 * @returns PCM16 mono at 8,000 Hz; the channels of a stereo file are averaged
 * @throws HandrailError HR_WAV_INVALID with the file and what is wrong with it
 */
export async function readWav(path: string): Promise<Int16Array> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new HandrailError('HR_WAV_INVALID', `${path}: cannot be read.`, { cause });
  }
  return decodeWav(bytes, path);
}

/** As `readWav`, from bytes. @param where names the sound in errors */
export function decodeWav(bytes: Buffer, where: string): Int16Array {
  const fail = (why: string): never => {
    throw new HandrailError('HR_WAV_INVALID', `${where}: ${why}`);
  };
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    return fail('it is no RIFF WAVE file.');
  }
  const format = chunkOf(bytes, 'fmt ') ?? fail('it has no format chunk.');
  if (format.length < 16) return fail('its format chunk is cut off.');
  const data = chunkOf(bytes, 'data') ?? fail('it has no data chunk.');
  const stated = format.readUInt16LE(0);
  const tag = stated === formatTags.extensible && format.length >= 26 ? format.readUInt16LE(24) : stated;
  const channels = format.readUInt16LE(2);
  const rateHz = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  if (channels !== 1 && channels !== 2) return fail(`it has ${channels} channels.`);
  if (!readableRates.includes(rateHz)) return fail(`its rate is ${rateHz} Hz.`);
  const interleaved = decodeData(data, tag, bits) ?? fail(`its coding (tag ${tag}, ${bits} bits) is not known here.`);
  return resample(channels === 2 ? average(interleaved) : interleaved, rateHz, TELEPHONE_RATE_HZ);
}

function decodeData(data: Buffer, tag: number, bits: number): Int16Array | undefined {
  if (tag === formatTags.pcm && bits === 16) {
    const samples = new Int16Array(data.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = data.readInt16LE(2 * i);
    return samples;
  }
  if ((tag === formatTags.ulaw || tag === formatTags.alaw) && bits === 8) {
    const samples = new Int16Array(data.length);
    g711(tag === formatTags.ulaw ? 'ulaw' : 'alaw').decode(data, 0, data.length, samples);
    return samples;
  }
  return undefined;
}

/** A chunk's content; a `data` chunk that a broken writer left open (size beyond the file) reaches to the end. */
function chunkOf(bytes: Buffer, id: string): Buffer | undefined {
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    if (bytes.toString('latin1', at, at + 4) === id)
      return bytes.subarray(at + 8, Math.min(at + 8 + size, bytes.length));
    at += 8 + size + (size & 1);
  }
  return undefined;
}

function average(interleaved: Int16Array): Int16Array {
  const averaged = new Int16Array(interleaved.length >> 1);
  for (let i = 0; i < averaged.length; i++)
    averaged[i] = ((interleaved[2 * i] ?? 0) + (interleaved[2 * i + 1] ?? 0)) / 2;
  return averaged;
}

/**
 * PCM16 at `rateHz` as a WAV file: one channel, or two where the shorter one is filled with silence.
 * @param rateHz @defaultValue 8000
 */
export function encodeWav(channels: readonly Int16Array[], rateHz: number = TELEPHONE_RATE_HZ): Buffer {
  const length = Math.max(0, ...channels.map((samples) => samples.length));
  const frameBytes = 2 * channels.length;
  const bytes = Buffer.alloc(44 + length * frameBytes);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(formatTags.pcm, 20);
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(length * frameBytes, 40);
  channels.forEach((samples, channel) => {
    for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i] ?? 0, 44 + i * frameBytes + 2 * channel);
  });
  return bytes;
}

/** @throws the file system's own error */
export async function writeWav(path: string, channels: readonly Int16Array[], rateHz?: number): Promise<void> {
  await writeFile(path, encodeWav(channels, rateHz));
}
