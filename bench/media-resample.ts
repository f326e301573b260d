import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { resample } from '../src/audio/resample.js';
import { levelDbfs } from '../src/audio/voiced.js';
import { systemClock } from '../src/kernel/clock.js';
import { homeDir, projectRoot } from '../src/kernel/paths.js';

/** Of one way of converting one rate to another. */
interface Quality {
  /** The loudest of what tones above the new Nyquist frequency, or images above the old one, leave: dB below the tone. */
  readonly worstAliasDb: number;
  /** How far tones within the telephone band are from their level, in dB. */
  readonly worstRippleDb: number;
  /** Nanoseconds per sample of output. */
  readonly nsPerSample: number;
}

export interface ResampleFigures {
  readonly fromHz: number;
  readonly toHz: number;
  readonly ours: Quality;
  readonly soxr: Quality;
}

const TONE_MS = 1_000;
const LEVEL = 16_000;
/** The telephone band, and what lies beyond 4 kHz. */
const INSIDE_HZ = [300, 1_000, 2_000, 3_000, 3_400];
const OUTSIDE_HZ = [4_600, 5_000, 5_500, 6_500, 7_500, 8_500, 10_000];
/** At the ends a tone begins and stops at once, which is no tone. */
const END_SAMPLES = 1_600;
/** What is said where 16 bits hold nothing any more. */
const NOTHING_DB = -110;
const TONE_DB = 20 * Math.log10(LEVEL / 32_768 / Math.SQRT2);

/** Our resampler beside soxr, with tones; from and to 8 kHz. */
export async function measureResampling(): Promise<ResampleFigures[]> {
  const figures: ResampleFigures[] = [];
  for (const [fromHz, toHz] of [
    [16_000, 8_000],
    [22_050, 8_000],
    [8_000, 16_000],
  ] as const) {
    const frequencies = [...INSIDE_HZ, ...OUTSIDE_HZ.filter((hz) => hz < fromHz / 2)];
    const tones = frequencies.map((hz) => tone(hz, fromHz));
    const fromMs = systemClock.nowMs();
    const ours = tones.map((samples) => resample(samples, fromHz, toHz));
    const spentMs = systemClock.nowMs() - fromMs;
    const outputSamples = ours.reduce((sum, { length }) => sum + length, 0);
    const theirs = await soxr(fromHz, toHz, tones);
    figures.push({
      fromHz,
      toHz,
      ours: quality(frequencies, ours, toHz, (1e6 * spentMs) / outputSamples),
      soxr: quality(
        frequencies,
        theirs.outputs.map((output) => Int16Array.from(output)),
        toHz,
        theirs.nsPerSample,
      ),
    });
  }
  return figures;
}

function quality(
  frequencies: readonly number[],
  outputs: readonly Int16Array[],
  toHz: number,
  nsPerSample: number,
): Quality {
  let worstAliasDb = NOTHING_DB;
  let worstRippleDb = 0;
  outputs.forEach((output, n) => {
    const middle = output.subarray(END_SAMPLES, output.length - END_SAMPLES);
    const hz = frequencies[n] ?? 0;
    if (hz < 4_000) {
      worstRippleDb = Math.max(worstRippleDb, Math.abs(levelDbfs(middle) - TONE_DB));
      worstAliasDb = Math.max(worstAliasDb, levelDbfs(withoutTone(middle, hz, toHz)) - TONE_DB);
    } else worstAliasDb = Math.max(worstAliasDb, levelDbfs(middle) - TONE_DB);
  });
  return { worstAliasDb, worstRippleDb, nsPerSample };
}

/** What is left when the tone itself is taken out by least squares: images, and rounding. */
function withoutTone(samples: Int16Array, hz: number, rateHz: number): Int16Array {
  const step = (2 * Math.PI * hz) / rateHz;
  let sine = 0;
  let cosine = 0;
  samples.forEach((sample, n) => {
    sine += (2 * sample * Math.sin(step * n)) / samples.length;
    cosine += (2 * sample * Math.cos(step * n)) / samples.length;
  });
  return samples.map((sample, n) => sample - sine * Math.sin(step * n) - cosine * Math.cos(step * n));
}

function tone(hz: number, rateHz: number): Int16Array {
  return Int16Array.from({ length: (rateHz * TONE_MS) / 1_000 }, (_, n) =>
    Math.round(LEVEL * Math.sin((2 * Math.PI * hz * n) / rateHz)),
  );
}

interface Reference {
  readonly outputs: readonly (readonly number[])[];
  readonly nsPerSample: number;
}

async function soxr(fromHz: number, toHz: number, tones: readonly Int16Array[]): Promise<Reference> {
  const python = join(homeDir, 'venv', 'bin', 'python');
  const child = spawn(python, [join(projectRoot, 'bench', 'resample_reference.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ fromHz, toHz, tones: tones.map((samples) => [...samples]) }));
  return JSON.parse(await text(child.stdout)) as Reference;
}
