import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withMark } from '../flow/voice-mark.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { FakeTts } from './fakes.js';
import { PromptLibrary } from './prompt-library.js';
import { FilePromptStore, type PromptStore } from './prompt-store.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'prompts-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function setUp(store: PromptStore = new FilePromptStore(dir, 1e9), maxSamples?: number) {
  const tts = new FakeTts(new FakeClock(), 'tone');
  const log = new RecordingLogger();
  // A fake clock that nobody advances: what waits would wait for ever.
  tts.speak = async function* (text) {
    await Promise.resolve();
    tts.texts.push(text);
    if (tts.state !== 'ready') throw new Error('must not be asked');
    yield new Int16Array(text.length).fill(7);
    yield new Int16Array(1).fill(9);
  };
  return { tts, log, library: new PromptLibrary({ tts, log, store, ...(maxSamples ? { maxSamples } : {}) }) };
}

describe('marked texts', () => {
  test('are spoken by the voice of their language, and kept by what is said in which voice', async () => {
    const { tts, log } = setUp();
    const german = { voiceId: 'german', speak: () => tts.speak('12345', { deadlineMs: 1 }) };
    const voices = { of: (language: string | undefined) => (language === 'de-DE' ? german : tts) };
    const library = new PromptLibrary({ tts: voices, log, store: new FilePromptStore(dir, 1e9) });
    expect((await library.render('Ja.')).samples).toHaveLength(4);
    expect((await library.render(withMark('Ja.', { language: 'de-DE' }))).samples).toHaveLength(6);
    expect(library.get(withMark('Ja.', { language: 'en-US' }))).toBe(library.get('Ja.'));
  });

  test('are played from their recording where it is there, and spoken where it is not', async () => {
    const { tts, log } = setUp();
    const recordings = { samples: (name: string) => (name === 'hello-1' ? Int16Array.of(1, 2) : undefined) };
    const library = new PromptLibrary({ tts, log, recordings, store: new FilePromptStore(dir, 1e9) });
    expect([...(library.get(withMark('Hello.', { recording: 'hello-1' }))?.samples ?? [])]).toEqual([1, 2]);
    expect(library.get('Hello.')).toBeUndefined();
    expect((await library.render(withMark('Hello.', { recording: 'gone-1' }))).samples).toHaveLength(7);
  });
});

describe('PromptLibrary', () => {
  test('speaks a prompt once, for all who want it at once, into shared memory', async () => {
    const { library, tts } = setUp();
    expect(library.get('Hello.')).toBeUndefined();
    const [one, other] = await Promise.all([library.render('Hello.'), library.render('Hello.')]);
    expect(one).toBe(other);
    expect([...one.samples]).toEqual([7, 7, 7, 7, 7, 7, 9]);
    expect(one.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(await library.render('Hello.')).toBe(one);
    expect(tts.texts).toEqual(['Hello.']);
  });

  test('finds prompts again after a restart, also while the engine is down', async () => {
    await setUp().library.render('Hello.');
    const { library, tts } = setUp();
    tts.become('down');
    expect(library.has('Hello.')).toBe(true);
    expect((await library.render('Hello.')).samples).toHaveLength(7);
  });

  test('renders a damaged file again', async () => {
    await setUp().library.render('Hello.');
    const [name = ''] = readdirSync(dir);
    const path = join(dir, name);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    const { library, tts, log } = setUp();
    expect((await library.render('Hello.')).samples).toHaveLength(7);
    expect([tts.texts.length, log.lines.map((line) => line.level)]).toEqual([1, ['warn']]);
    expect(setUp().library.has('Hello.')).toBe(true);
  });

  test('goes on in memory when the disk is full, and says so once', async () => {
    const full: PromptStore = {
      read: () => undefined,
      write() {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    };
    const { library, log } = setUp(full);
    const report = await library.renderAll(['a', 'b', 'a']);
    expect([report.rendered, report.kept, report.failed]).toEqual([2, 0, []]);
    expect(library.has('b')).toBe(true);
    expect(log.lines.map((line) => String(line.fields['problem']))).toEqual([expect.stringMatching(/^HR_DISK_FULL/)]);
  });

  test('memory and disk are bounded, the longest unused go first', async () => {
    const { library } = setUp({ read: () => undefined, write: () => undefined }, 25);
    for (const text of ['aaaaaaaaa', 'bbbbbbbbb']) await library.render(text);
    library.get('aaaaaaaaa');
    await library.render('ccccccccc');
    expect(['aaaaaaaaa', 'bbbbbbbbb', 'ccccccccc'].map((text) => library.has(text))).toEqual([true, false, true]);

    const store = new FilePromptStore(dir, 1_000);
    for (let i = 0; i < 9; i++) store.write(`k${i}`, Buffer.alloc(300));
    const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1_000);
    expect(store.read('k8')).toHaveLength(300);
  });

  test('tells which prompts failed, and goes on', async () => {
    const { library, tts } = setUp();
    const { HandrailError } = await import('../kernel/errors.js');
    const speak = tts.speak.bind(tts);
    tts.speak = async function* (text, limits) {
      if (text === 'bad') throw new HandrailError('HR_ENGINE_FAILED', 'x');
      yield* speak(text, limits);
    };
    const seen: number[] = [];
    const report = await library.renderAll(['a', 'bad', 'c'], ({ done }) => seen.push(done));
    expect([report.rendered, report.failed.map((one) => one.text), seen]).toEqual([2, ['bad'], [1, 2, 3]]);
  });
});
