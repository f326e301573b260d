import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import type { PrivatePbx } from '../../src/cli/private-pbx.js';
import { defaultPrefix } from '../../src/cli/private-pbx.js';
import { piperVoices, type SyntheticVoice } from '../../src/cli/synthetic-voices.js';
import { modelDir, modelFile } from '../../src/engines.js';
import { systemClock } from '../../src/kernel/clock.js';
import { silentLogger } from '../../src/kernel/log.js';
import { homeDir } from '../../src/kernel/paths.js';
import { createPiper } from '../../src/local-models/piper.js';
import { PromptLibrary } from '../../src/local-models/prompt-library.js';
import type { SpeechToText } from '../../src/local-models/ports.js';
import { createWhisper } from '../../src/local-models/whisper.js';

const python = join(homeDir, 'venv/bin/python');
const voicePath = modelFile('piper-en_US-joe-medium', '.onnx');

/** The bot's voice by its name only: without a Python there is no process. */
const rendered = createPiper({ python: '', voicePath, clock: systemClock, log: silentLogger }).forPrompts;

/**
 * What tests know about sound: how the bot's fixed prompts sound, how Asterisk's do, what words somebody said, and
 * callers' voices for sentences that nobody recorded. Engines are started when first needed.
 */
export class Sounds {
  readonly #scratch = mkdtempSync(join(tmpdir(), 'handrail-sounds-'));
  readonly #prompts = new PromptLibrary({ tts: rendered, log: silentLogger });
  #serial = 0;
  #whisper: SpeechToText | undefined;

  /** A fixed prompt as the bot says it: the very samples, which the controller rendered when it started. */
  prompt(text: string): Int16Array {
    const prompt = this.#prompts.get(text);
    if (!prompt) throw new Error(`“${text}” is no fixed prompt of the flow`);
    return Int16Array.from(prompt.samples);
  }

  /** A sound of Asterisk's core package, by the name that the dialplan uses. */
  async asterisk(name: string, pbx: PrivatePbx): Promise<Int16Array> {
    const wav = join(this.#scratch, `${name.replaceAll('/', '-')}.wav`);
    await pbx.cli('module load res_convert.so');
    await pbx.cli(`file convert ${join(defaultPrefix, 'usr/share/asterisk/sounds/en', name)}.gsm ${wav}`);
    return readWav(wav);
  }

  /** A caller's sentence, in a voice that is not the bot's. */
  async caller(text: string): Promise<Int16Array> {
    const path = join(this.#scratch, `caller-${String(this.#serial++)}.wav`);
    await callerVoice().speak([{ text, path }]);
    const samples = await readWav(path);
    const peak = samples.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1);
    return samples.map((sample) => (sample * 16_384) / peak);
  }

  /** The words of a stretch of speech, lower case without punctuation. */
  async words(samples: Int16Array): Promise<string[]> {
    this.#whisper ??= createWhisper({
      python,
      modelDir: modelDir('whisper-tiny.en'),
      clock: systemClock,
      log: silentLogger,
    });
    await started(this.#whisper);
    const { free } = await this.#whisper.recognise({ samples, mode: 'free' }, { deadlineMs: 20_000 });
    return wordsOf(free?.text.reveal() ?? '');
  }

  async close(): Promise<void> {
    await this.#whisper?.close();
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+(?:'[a-z]+)?/g) ?? [];
}

/** How much of what was to be said is among what was heard, 0 … 1. */
export function shareHeard(said: readonly string[], heard: readonly string[]): number {
  const left = [...heard];
  const found = said.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return said.length === 0 ? 0 : found.length / said.length;
}

function callerVoice(): SyntheticVoice {
  const voice = piperVoices(python, voicePath)[0];
  if (!voice) throw new Error('there is no caller’s voice');
  return voice;
}

function started(engine: SpeechToText): Promise<void> {
  if (engine.state !== 'starting') return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = engine.onState((state) => {
      if (state === 'starting') return;
      unsubscribe();
      resolve();
    });
  });
}
