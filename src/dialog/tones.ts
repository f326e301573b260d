import { TELEPHONE_RATE_HZ, type SharedPcm } from '../externalmedia/port.js';

/** Peak of each frequency: about −14 dBFS, as tones are on the telephone. */
const AMPLITUDE = 6_500;

/** “After the tone”: 1 kHz for a quarter of a second. */
export const recordTone: SharedPcm = tone([1_000], 250, 0);

/** What a caller hears while a person's phone rings: 440 and 480 Hz, 2 s on and 4 s off (ITU-T E.180, North America). */
export const ringback: SharedPcm = tone([440, 480], 2_000, 4_000);

function tone(frequenciesHz: readonly number[], onMs: number, offMs: number): SharedPcm {
  const perMs = TELEPHONE_RATE_HZ / 1_000;
  const samples = new Int16Array(new SharedArrayBuffer((onMs + offMs) * perMs * Int16Array.BYTES_PER_ELEMENT));
  for (let i = 0; i < onMs * perMs; i++) {
    const t = (2 * Math.PI * i) / TELEPHONE_RATE_HZ;
    const wave = frequenciesHz.reduce((sum, hz) => sum + Math.sin(hz * t), 0);
    samples[i] = Math.round(AMPLITUDE * wave * Math.min(1, i / (4 * perMs), (onMs * perMs - i) / (4 * perMs)));
  }
  return { samples };
}
