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
/** Of 5 ms each. */
const QUIET_WINDOWS = 5;
/** A line is never quite silent: -66 dBFS. */
const LINE_NOISE = 16;

export interface Spoken {
  readonly name: string;
  /** Whose recording it is, where that is known. */
  readonly speaker?: string | undefined;
  readonly samples: Int16Array;
}

/**
 * The recording with a pause of 300 to 900 ms in all inside, where it is quietest between a quarter and 85 % of its voice: mostly
 * between two words, sometimes before a stop. It is harder than life, where a voice tells that it will go on.
 */
export function withPause(spoken: Spoken, seed: number): Spoken {
  const [quietest] = quietPlaces(spoken.samples);
  return quietest === undefined ? spoken : pausedAt(quietest, `${spoken.name} with a pause`, spoken, seed);
}

/** The same where it is quietest at least 300 ms from there; `undefined` where the recording is too short. */
export function withPauseElsewhere(spoken: Spoken, seed: number): Spoken | undefined {
  const [first, ...others] = quietPlaces(spoken.samples);
  const place = others.find((other) => Math.abs(other - (first ?? other)) * VOICED_WINDOW_MS >= PAUSE_MS.least);
  return place === undefined ? undefined : pausedAt(place, `${spoken.name} with a pause elsewhere`, spoken, seed);
}

/** @param window the first of the quiet ones */
function pausedAt(window: number, name: string, spoken: Spoken, seed: number): Spoken {
  const random = seededRandom(seed);
  const { samples } = spoken;
  const at = Math.round((window + QUIET_WINDOWS / 2) * VOICED_WINDOW_SAMPLES);
  const quietMs = quietAroundMs(voicedWindows(samples), Math.floor(at / VOICED_WINDOW_SAMPLES));
  const addedMs = Math.max(0, pauseMs(random) - quietMs);
  return {
    ...spoken,
    name,
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
    groups.push({ name: `digits ${n + 1}`, speaker, digits, samples: joinSamples(parts) });
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

/** Where 25 ms are quiet between a quarter and 85 % of the voice: their first windows, the quietest place first. */
function quietPlaces(samples: Int16Array): readonly number[] {
  const flags = voicedWindows(samples);
  const from = flags.indexOf(true);
  const length = flags.lastIndexOf(true) - from;
  const [first, last] = [from + Math.round(length * 0.25), from + Math.round(length * 0.85) - QUIET_WINDOWS];
  const energies = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => {
    const window = samples.subarray(
      (first + n) * VOICED_WINDOW_SAMPLES,
      (first + n + QUIET_WINDOWS) * VOICED_WINDOW_SAMPLES,
    );
    return { place: first + n, energy: window.reduce((sum, sample) => sum + sample ** 2, 0) };
  });
  return energies.sort((a, b) => a.energy - b.energy).map(({ place }) => place);
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
