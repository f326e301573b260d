import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { TELEPHONE_RATE_HZ } from '../../src/externalmedia/port.js';
import { seededRandom } from '../endpointing/seeded.js';

/** A sound that is no answer; PCM16 mono at 8,000 Hz. */
export interface Sound {
  readonly name: string;
  readonly samples: Int16Array;
}

const MS = TELEPHONE_RATE_HZ / 1_000;

/** The sounds of `madeSounds`, and a kitchen, which is recorded: `noise/kitchen.wav` of `folder`. */
export async function sounds(folder: string, echo: Int16Array, seed: number): Promise<readonly Sound[]> {
  const samples = await kitchen(folder, seededRandom(seed));
  return [...madeSounds(echo, seed), { name: 'kitchen', samples }];
}

/**
 * Coughs, hums and line noise are made here, because no free recordings of them are at hand. The bot's echo is its own
 * prompt, `echo`, 20 dB down.
 */
export function madeSounds(echo: Int16Array, seed: number): readonly Sound[] {
  const random = seededRandom(seed);
  return [
    { name: 'cough', samples: cough(random) },
    { name: 'mm-hm', samples: murmur(random) },
    { name: 'line noise', samples: noise(random, 2_000 * MS, dbfs(-38)) },
    { name: 'own echo at -20 dB', samples: echo.map((sample) => Math.round(sample * 0.1)) },
  ];
}

/** Two or three bursts: a hard start, a noisy decay of 80 to 160 ms with resonances of a throat, 150 to 250 ms apart. */
function cough(random: () => number): Int16Array {
  const out = new Int16Array(900 * MS);
  const bursts = 2 + Math.floor(random() * 2);
  let at = 20 * MS;
  for (let burst = 0; burst < bursts; burst++) {
    const length = (80 + 80 * random()) * MS;
    const [low, high] = [resonator(700 + 300 * random(), 200), resonator(1_700 + 500 * random(), 400)];
    for (let n = 0; n < length && at + n < out.length; n++) {
      const envelope = Math.min(1, n / (4 * MS)) * Math.exp((-3 * n) / length);
      const hiss = 2 * random() - 1;
      out[at + n] = clip(dbfs(-10) * envelope * (low(hiss) + 0.7 * high(hiss)));
    }
    at += Math.round((150 + 100 * random()) * MS);
  }
  return out;
}

/** Two hummed syllables with a fall between them, the second one higher: voiced, through the nose, mouth shut. */
function murmur(random: () => number): Int16Array {
  const pitch = 95 + 110 * random();
  const syllable = (150 + 60 * random()) * MS;
  const out = new Int16Array(Math.round(2 * syllable + 120 * MS));
  let phase = 0;
  for (let n = 0; n < out.length; n++) {
    const second = n > syllable + 60 * MS;
    const within = second ? n - syllable - 60 * MS : n;
    const envelope = within < 0 || within > syllable ? 0 : Math.sin((Math.PI * within) / syllable) ** 0.7;
    phase += (2 * Math.PI * pitch * (second ? 1.2 : 1)) / TELEPHONE_RATE_HZ;
    const hum = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.15 * Math.sin(3 * phase);
    out[n] = clip(dbfs(-14) * envelope * hum);
  }
  return out;
}

async function kitchen(folder: string, random: () => number): Promise<Int16Array> {
  const all = await readWav(join(folder, 'noise', 'kitchen.wav'));
  const from = Math.floor(random() * Math.max(1, all.length - 3_000 * MS));
  return all.slice(from, from + 3_000 * MS);
}

function noise(random: () => number, length: number, level: number): Int16Array {
  return Int16Array.from({ length }, () => clip(level * Math.sqrt(3) * (2 * random() - 1)));
}

/** A two-pole filter with about unit gain at its centre. */
function resonator(hz: number, widthHz: number): (input: number) => number {
  const radius = Math.exp((-Math.PI * widthHz) / TELEPHONE_RATE_HZ);
  const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / TELEPHONE_RATE_HZ);
  let [before, earlier] = [0, 0];
  return (input) => {
    const output = (1 - radius) * 2 * input + turn * before - radius * radius * earlier;
    [earlier, before] = [before, output];
    return output;
  };
}

function dbfs(db: number): number {
  return 32_768 * 10 ** (db / 20);
}

function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
