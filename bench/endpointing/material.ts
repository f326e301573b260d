import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { voicedSpans, voicedWindows, VOICED_WINDOW_MS, VOICED_WINDOW_SAMPLES } from '../../src/audio/voiced.js';
import { TELEPHONE_RATE_HZ } from '../../src/externalmedia/port.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { joinSamples } from '../../src/local-models/pcm.js';
import { seededRandom } from './seeded.js';

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** The pauses in which a caller must not be cut off. */
const PAUSE_MS = { least: 300, most: 900 } as const;
/** A line is never quite silent: -66 dBFS. */
const LINE_NOISE = 16;

export interface Spoken {
  readonly name: string;
  readonly samples: Int16Array;
}

/**
 * The recording with a pause of 300 to 900 ms in all inside, where it is quietest between a quarter and 85 % of its voice: mostly
 * between two words, sometimes before a stop. It is harder than life, where a voice tells that it will go on.
 */
export function withPause(spoken: Spoken, seed: number): Spoken {
  const random = seededRandom(seed);
  const { samples } = spoken;
  const flags = voicedWindows(samples);
  const from = flags.indexOf(true);
  const to = flags.lastIndexOf(true);
  const at = quietest(samples, from + Math.round((to - from) * 0.25), from + Math.round((to - from) * 0.85));
  const addedMs = Math.max(0, pauseMs(random) - quietAroundMs(flags, Math.floor(at / VOICED_WINDOW_SAMPLES)));
  return {
    name: `${spoken.name} with a pause`,
    samples: joinSamples([samples.subarray(0, at), hush(addedMs, random), samples.subarray(at)]),
  };
}

interface DigitTake {
  readonly file: string;
  readonly digit: string;
  readonly speaker: string;
}

/** Numbers of six to eight digits in groups of three or four, by one speaker each, 300 to 900 ms between the groups. */
export async function digitGroups(folder: string, count: number): Promise<readonly (Spoken & { digits: string })[]> {
  const takes = await readDigits(folder);
  const speakers = [...new Set(takes.map(({ speaker }) => speaker))];
  const groups: (Spoken & { digits: string })[] = [];
  for (let n = 0; n < count; n++) {
    const random = seededRandom(n);
    const speaker = speakers[n % speakers.length];
    const own = takes.filter((take) => take.speaker === speaker);
    const length = 6 + (n % 3);
    const pauseAt = length < 8 ? 3 : 4;
    const parts: Int16Array[] = [hush(300, random)];
    let digits = '';
    for (let i = 0; i < length; i++) {
      const take = own[Math.floor(random() * own.length)];
      if (!take) continue;
      if (i > 0) parts.push(hush(i === pauseAt ? pauseMs(random) : 60 + 100 * random(), random));
      parts.push(voicedPart(await readWav(join(folder, take.file))));
      digits += take.digit;
    }
    groups.push({ name: `digits ${n + 1}`, digits, samples: joinSamples(parts) });
  }
  return groups;
}

async function readDigits(folder: string): Promise<readonly DigitTake[]> {
  const path = join(folder, 'digits.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as readonly DigitTake[];
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${path} cannot be read.`, { cause });
  }
}

function pauseMs(random: () => number): number {
  return PAUSE_MS.least + (PAUSE_MS.most - PAUSE_MS.least) * random();
}

/** Middle of the quietest 25 ms between two windows. */
function quietest(samples: Int16Array, fromWindow: number, toWindow: number): number {
  const width = 5;
  let best = fromWindow;
  let least = Infinity;
  for (let window = fromWindow; window + width <= toWindow; window++) {
    let energy = 0;
    for (let i = window * VOICED_WINDOW_SAMPLES; i < (window + width) * VOICED_WINDOW_SAMPLES; i++)
      energy += (samples[i] ?? 0) ** 2;
    if (energy < least) {
      least = energy;
      best = window;
    }
  }
  return Math.round((best + width / 2) * VOICED_WINDOW_SAMPLES);
}

/** How long the recording is quiet already around a window. */
function quietAroundMs(flags: readonly boolean[], at: number): number {
  const before = flags.lastIndexOf(true, at);
  const after = flags.indexOf(true, at);
  return before < 0 || after < 0 ? 0 : Math.max(0, after - before - 1) * VOICED_WINDOW_MS;
}

function voicedPart(samples: Int16Array): Int16Array {
  const spans = voicedSpans(voicedWindows(samples), 10_000);
  const span = spans[0];
  return span ? samples.subarray(span.from * VOICED_WINDOW_SAMPLES, span.to * VOICED_WINDOW_SAMPLES) : samples;
}

function hush(ms: number, random: () => number): Int16Array {
  return Int16Array.from({ length: Math.round(ms * SAMPLES_PER_MS) }, () =>
    Math.round((2 * random() - 1) * LINE_NOISE),
  );
}
