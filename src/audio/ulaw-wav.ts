import { g711 } from '../externalmedia/g711.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';

/** RIFF format tag of G.711 mu-law (RFC 2361). */
const ULAW_TAG = 7;
const HEADER_BYTES = 58;

/** PCM16 mono at 8,000 Hz as a WAV file in G.711 mu-law: half the size, and what a telephone line leaves of it anyway. */
export function encodeUlawWav(samples: Int16Array): Buffer {
  // Chunks begin at even places (RIFF); the pad byte is not part of the data.
  const bytes = Buffer.alloc(HEADER_BYTES + samples.length + (samples.length % 2));
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(18, 16);
  bytes.writeUInt16LE(ULAW_TAG, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(TELEPHONE_RATE_HZ, 24);
  bytes.writeUInt32LE(TELEPHONE_RATE_HZ, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  // Formats other than PCM carry the number of samples in a chunk of their own.
  bytes.write('fact', 38, 'latin1');
  bytes.writeUInt32LE(4, 42);
  bytes.writeUInt32LE(samples.length, 46);
  bytes.write('data', 50, 'latin1');
  bytes.writeUInt32LE(samples.length, 54);
  g711('ulaw').encode(samples, bytes.subarray(HEADER_BYTES));
  return bytes;
}
