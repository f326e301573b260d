import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { confidenceFor } from './calibration-file.js';
import { probabilityRight } from './dialog/nlu/confidence-model.js';
import { projectRoot } from './kernel/paths.js';

const usual = { engine: 'whisper', model: 'whisper-tiny.en', calibration: undefined } as const;
const shipped = join(projectRoot, 'models', 'confidence-whisper-tiny.en.json');

test('a line has the model that comes for its recogniser, unless it names another one or none', async () => {
  expect(await confidenceFor(usual)).toEqual(JSON.parse(await readFile(shipped, 'utf8')));
  expect(await confidenceFor({ ...usual, calibration: 'none' })).toBeUndefined();
  expect(await confidenceFor({ ...usual, model: 'whisper-base' })).toBeUndefined();
  expect(await confidenceFor({ ...usual, engine: 'whisper-server' })).toBeUndefined();
  const folder = await mkdtemp(join(tmpdir(), 'handrail-calibration-'));
  try {
    const own = join(folder, 'own.json');
    await writeFile(own, JSON.stringify({ ...(await confidenceFor(usual)), answers: 7 }));
    expect((await confidenceFor({ ...usual, calibration: own }))?.answers).toBe(7);
    const before = join(folder, 'before.json');
    await writeFile(before, JSON.stringify({ version: 4, recogniser: usual.model, answers: 7, words: {}, digits: {} }));
    const told: string[] = [];
    const instead = await confidenceFor({ ...usual, calibration: before }, (path) => told.push(path));
    expect(instead).toEqual(await confidenceFor(usual));
    expect(told).toEqual([before]);
    const missing = confidenceFor({ ...usual, calibration: join(folder, 'missing.json') });
    await expect(missing).rejects.toMatchObject({ code: 'HR_CALIBRATION' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the model that comes is for its recogniser, and believes what was heard clearly and nothing that was not', async () => {
  const model = await confidenceFor(usual);
  if (!model) throw new Error('there is none');
  expect(model.recogniser).toBe('whisper-tiny.en');
  const clear = {
    ear: 'words' as const,
    sure: 5,
    margin: 6,
    posterior: 0.99,
    acoustic: -0.15,
    rival: -0.15,
    ratio: -0.5,
    unheard: 0,
    runaway: 0,
    noSpeech: 0,
    weakest: 30,
    behind: 0,
  };
  const guessed = {
    ear: 'words' as const,
    sure: -4,
    margin: 1,
    posterior: 0.02,
    acoustic: -2.5,
    rival: -0.4,
    ratio: -15,
    unheard: 0,
    runaway: 0,
    noSpeech: 0,
    weakest: 30,
    behind: 0,
  };
  expect(probabilityRight(model, clear)).toBeGreaterThan(0.95);
  expect(probabilityRight(model, guessed)).toBeLessThan(0.1);
});
