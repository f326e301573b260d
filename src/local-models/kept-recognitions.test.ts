import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sensitive } from '../kernel/sensitive.js';
import { KeptRecognitions, recogniserHash } from './kept-recognitions.js';
import type { Recognition, RecognitionRequest, SpeechToText } from './ports.js';

const heard: Recognition = {
  readings: [
    {
      text: sensitive('a latte'),
      logProb: -1.5,
      tokens: 4,
      posterior: 0.9,
      ears: { weakest: 12.5, behind: 0.75 },
    },
  ],
  free: { text: sensitive('A latte.'), logProb: -1.25, tokens: 5, runaway: false },
  noSpeechProb: 0.01,
  timings: { queueMs: 1, featuresMs: 2, encodeMs: 30, decodeMs: 40, totalMs: 75 },
};

/** Counts what it is asked. */
class Counting implements SpeechToText {
  readonly name = 'whisper';
  readonly state = 'ready';
  readonly problem = undefined;
  asked = 0;

  onState = () => () => undefined;
  prepare = () => Promise.resolve();
  close = () => Promise.resolve();

  recognise(): Promise<Recognition> {
    this.asked++;
    return Promise.resolve(heard);
  }
}

const limits = { deadlineMs: 1_000 };
const request: RecognitionRequest = {
  samples: Int16Array.of(1, 2, 3),
  grammar: { id: 'drinks', arcs: [{ from: 0, to: 1, phrase: 'a latte' }], finals: [1] },
};

describe('kept recognitions', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'handrail-kept-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('asks once, in this run and in the next', async () => {
    const stt = new Counting();
    const first = await new KeptRecognitions(stt, folder).recognise(request, limits);
    const again = await new KeptRecognitions(stt, folder).recognise(request, limits);
    expect(stt.asked).toBe(1);
    expect(again.readings[0]?.text.reveal()).toBe('a latte');
    expect(again.free?.text.reveal()).toBe('A latte.');
    expect(again).toEqual(first);
  });

  it('asks for other sound, another grammar, or another manner', async () => {
    const stt = new Counting();
    const kept = new KeptRecognitions(stt, folder);
    await kept.recognise(request, limits);
    await kept.recognise({ ...request, samples: Int16Array.of(1, 2, 4) }, limits);
    await kept.recognise({ samples: request.samples }, limits);
    await kept.recognise({ ...request, mode: 'free' }, limits);
    await kept.recognise({ ...request, vocabulary: 'latte' }, limits);
    expect(stt.asked).toBe(5);
  });

  it('has files for their owner only, and hears anew what is broken', async () => {
    const stt = new Counting();
    const kept = new KeptRecognitions(stt, join(folder, 'kept'));
    await kept.recognise(request, limits);
    const [name = ''] = await readdir(join(folder, 'kept'));
    const path = join(folder, 'kept', name);
    expect((await stat(path)).mode & 0o077).toBe(0);
    await writeFile(path, '{"readings": [');
    await kept.recognise(request, limits);
    await kept.recognise(request, limits);
    expect(stt.asked).toBe(2);
  });

  it('belong to one model and one recogniser', async () => {
    const [model, workers] = [join(folder, 'model'), join(folder, 'workers')];
    await mkdir(model);
    await mkdir(join(workers, 'whisper'), { recursive: true });
    await writeFile(join(model, 'model.bin'), 'weights');
    await writeFile(join(workers, 'whisper', 'search.py'), 'width = 8');
    const first = await recogniserHash(model, workers);
    await writeFile(join(workers, 'test_search.py'), 'a test changes nothing');
    expect(await recogniserHash(model, workers)).toBe(first);
    await writeFile(join(workers, 'whisper', 'search.py'), 'width = 5');
    const second = await recogniserHash(model, workers);
    await writeFile(join(model, 'model.bin'), 'other weights');
    const third = await recogniserHash(model, workers);
    expect(new Set([first, second, third]).size).toBe(3);
  });
});
