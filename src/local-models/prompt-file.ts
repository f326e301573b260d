import { createHash } from 'node:crypto';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { bytesOf, samplesOf } from './pcm.js';

/**
 * A rendered prompt as a file: "HRPM" | u32le version | u32le rate in Hz | u32le samples | SHA-256 of the PCM | PCM16le.
 * The hash finds a file that was cut off or changed; such a file is rendered again.
 */
const MAGIC = Buffer.from('HRPM', 'latin1');
export const PROMPT_FORMAT_VERSION = 1;
const HASH_BYTES = 32;
const HEADER_BYTES = 16 + HASH_BYTES;

/** The name of a prompt: the same text in the same voice has the same name. */
export function promptKey(text: string, voiceId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([PROMPT_FORMAT_VERSION, voiceId, text]))
    .digest('hex');
}

export function encodePrompt(samples: Int16Array): Buffer {
  const pcm = bytesOf(samples);
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(PROMPT_FORMAT_VERSION, 4);
  header.writeUInt32LE(TELEPHONE_RATE_HZ, 8);
  header.writeUInt32LE(samples.length, 12);
  sha256(pcm).copy(header, 16);
  return Buffer.concat([header, pcm]);
}

/** The samples, or undefined when the file is not what was written. */
export function decodePrompt(file: Buffer): Int16Array | undefined {
  if (file.length < HEADER_BYTES || !file.subarray(0, 4).equals(MAGIC)) return undefined;
  if (file.readUInt32LE(4) !== PROMPT_FORMAT_VERSION || file.readUInt32LE(8) !== TELEPHONE_RATE_HZ) return undefined;
  const pcm = file.subarray(HEADER_BYTES);
  if (pcm.length !== file.readUInt32LE(12) * 2 || !sha256(pcm).equals(file.subarray(16, HEADER_BYTES)))
    return undefined;
  return samplesOf(pcm);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
