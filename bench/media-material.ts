import { join } from 'node:path';
import { readWav } from '../src/audio/wav.js';
import { g711 } from '../src/externalmedia/g711.js';
import { FRAME_SAMPLES, TELEPHONE_RATE_HZ } from '../src/externalmedia/port.js';
import { readCommands, spread } from './commands.js';

/** What a caller says and then hears out: an order of about two seconds is followed by as much of listening. */
const PAUSE_SAMPLES = 2 * TELEPHONE_RATE_HZ;

/** Recorded orders with pauses between them, as µ-law in whole frames. */
export async function recordedClip(folder: string, orders: number): Promise<Uint8Array> {
  const parts: Int16Array[] = [];
  for (const { file } of spread(await readCommands(folder), orders)) {
    parts.push(await readWav(join(folder, file)), new Int16Array(PAUSE_SAMPLES));
  }
  return encode(parts);
}

/** Two seconds of something like a vowel and three of silence, where no recordings are. */
export function madeUpClip(): Uint8Array {
  const hum = Int16Array.from({ length: PAUSE_SAMPLES }, (_, n) => {
    const t = (2 * Math.PI * n) / TELEPHONE_RATE_HZ;
    return (
      3_000 * (Math.sin(130 * t) + 0.7 * Math.sin(650 * t) + 0.4 * Math.sin(1_170 * t)) * Math.abs(Math.sin(4 * t))
    );
  });
  return encode([hum, new Int16Array(3 * TELEPHONE_RATE_HZ)]);
}

function encode(parts: readonly Int16Array[]): Uint8Array {
  const codec = g711('ulaw');
  const samples = parts.reduce((sum, part) => sum + part.length, 0);
  const clip = new Uint8Array(Math.ceil(samples / FRAME_SAMPLES) * FRAME_SAMPLES).fill(codec.silence);
  let at = 0;
  for (const part of parts) {
    codec.encode(part, clip.subarray(at));
    at += part.length;
  }
  return clip;
}
