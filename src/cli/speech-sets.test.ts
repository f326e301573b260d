import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeWav, readWav } from '../audio/wav.js';
import { atPeak } from './speech-convert.js';
import { fetchSpeech } from './speech-sets.js';

const sets = ['speech-to-intent-benchmark', 'free-spoken-digit-dataset'].map((id) => ({
  id,
  licence: 'some',
  page: 'https://example.org',
  // Nothing listens there: a set that is not unpacked cannot be fetched.
  url: 'https://127.0.0.1:1/set.tar.gz',
}));

describe('public speech sets', () => {
  let root: string;
  const tone = (rateHz: number): Buffer => encodeWav([new Int16Array(rateHz / 10).fill(1_000)], rateHz);
  const put = async (path: string, content: Buffer | string): Promise<void> => {
    const target = join(root, 'sources', path);
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(target, content);
  };
  const fetchThem = (): Promise<number> =>
    fetchSpeech({ use: 'tests', sets }, { folder: join(root, 'speech'), sources: join(root, 'sources') });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'handrail-speech-'));
    vi.spyOn(console, 'log').mockReturnValue();
    vi.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(root, { recursive: true });
  });

  it('become a folder of recorded callers at telephone quality', async () => {
    const label = { 'b.wav': { intent: 'orderDrink', slots: { milkAmount: ' soy milk', size: 'large' } } };
    await put('speech-to-intent-benchmark/data/label/label.json', JSON.stringify(label));
    await put('speech-to-intent-benchmark/data/speech/clean/b.wav', tone(16_000));
    await put('speech-to-intent-benchmark/data/noise/kitchen.wav', tone(16_000));
    await put('free-spoken-digit-dataset/recordings/7_theo_12.wav', tone(8_000));
    await put('free-spoken-digit-dataset/recordings/README.md', 'no recording');

    expect(await fetchThem()).toBe(0);

    const list = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(join(root, 'speech', name), 'utf8')) as unknown;
    expect(await list('commands.json')).toEqual([
      { file: 'commands/b.wav', intent: 'orderDrink', slots: { milkAmount: 'soy milk', size: 'large' } },
    ]);
    expect(await list('digits.json')).toEqual([{ file: 'digits/7_theo_12.wav', digit: '7', speaker: 'theo' }]);
    const wav = await readFile(join(root, 'speech/commands/b.wav'));
    expect([wav.readUInt16LE(20), wav.readUInt32LE(24)]).toEqual([7, 8_000]);
    expect(await readWav(join(root, 'speech/noise/kitchen.wav'))).toHaveLength(800);
  });

  it('say what to do when they cannot be fetched or are of another form', async () => {
    await put('speech-to-intent-benchmark/data/label/label.json', '["a.wav"]');
    expect(await fetchThem()).toBe(1);
    const words = vi.mocked(console.error).mock.calls.flat().join('\n');
    expect(words).toContain('has another form');
    expect(words).toContain(`unpack it as ${join(root, 'sources', 'free-spoken-digit-dataset')}`);
  });

  it('are brought to one level', () => {
    expect(atPeak(Int16Array.of(100, -200))).toEqual(Int16Array.of(8_192, -16_384));
    expect(atPeak(new Int16Array(2))).toEqual(new Int16Array(2));
  });
});
