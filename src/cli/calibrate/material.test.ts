import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWav } from '../../audio/wav.js';
import { loadFlow } from '../../flow/load.js';
import { projectRoot } from '../../kernel/paths.js';
import { readMaterial } from './material.js';

/** So far apart that no disguise makes one of the other. */
const LOUDNESS = { ann: 60, bob: 1_500, cy: 32_000 } as const;
const speakerOf = (peak: number): string => (peak < 180 ? 'ann' : peak < 3_800 ? 'bob' : 'cy');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handrail-material-'));
  await mkdir(join(folder, 'digits'));
  const tone = (loudness: number) => Int16Array.from({ length: 1_600 }, (_, at) => loudness * (at % 8 < 4 ? 1 : -1));
  const digits = Object.entries(LOUDNESS).flatMap(([speaker, loudness]) =>
    [...'0123456789'].map((digit) => ({ digit, speaker, file: `digits/${digit}_${speaker}.wav`, loudness })),
  );
  for (const { file, loudness } of digits) await writeWav(join(folder, file), [tone(loudness)]);
  await writeFile(join(folder, 'digits.json'), JSON.stringify(digits));
  await writeFile(join(folder, 'utterances.json'), JSON.stringify([{ file: 'digits/0_ann.wav' }]));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('every string of digits names the speaker who says it, and that speaker’s recordings stay together', async () => {
  const flow = await loadFlow(join(projectRoot, 'flows', 'cafe.json'));
  const { utterances, recordings } = await readMaterial(folder, flow, 12);
  const made = await Promise.all(utterances.map((make) => make()));
  const strings = made.filter(({ speaker }) => speaker !== undefined);
  expect(new Set(strings.map(({ kind }) => kind)).size).toBe(6);
  for (const { samples, speaker, recording, kind } of strings) {
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(speakerOf(peak), kind).toBe(speaker);
    expect(recording, kind).toBe(recordings + Object.keys(LOUDNESS).indexOf(speaker ?? ''));
  }
});
