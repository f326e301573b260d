import { join } from 'node:path';
import type { SharedPcm } from '../externalmedia/port.js';
import { toSharedPcm } from '../externalmedia/shared-pcm.js';
import { markOf } from '../flow/voice-mark.js';
import { explain, HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { cacheDir } from '../kernel/paths.js';
import { joinSamples } from './pcm.js';
import type { RequestLimits, TextToSpeech } from './ports.js';
import { decodePrompt, encodePrompt, promptKey } from './prompt-file.js';
import { FilePromptStore, type PromptStore } from './prompt-store.js';

type PromptVoice = Pick<TextToSpeech, 'voiceId' | 'speak'>;

/** Voices by language; the line's own for a language that has none. */
interface PromptVoices {
  of(language: string | undefined): PromptVoice;
}

/** Recordings by their names: PCM16 mono at 8,000 Hz. */
interface Recordings {
  samples(name: string): Int16Array | undefined;
}

export interface PromptLibraryOptions {
  /** Speaks what is not there yet; should give the same samples for the same text (`Piper.forPrompts`). */
  readonly tts: PromptVoice | PromptVoices;
  readonly log: Logger;
  /** Where texts are that are marked with a recording. One that is not there is spoken. */
  readonly recordings?: Recordings;
  /** @defaultValue files in HANDRAIL_HOME/cache/prompts, 512 MiB at most */
  readonly store?: PromptStore;
  /** Samples that are kept in memory. @defaultValue 16,000,000 (33 minutes, 32 MB) */
  readonly maxSamples?: number;
}

export interface RenderProgress {
  readonly done: number;
  readonly total: number;
  /** Whether the last one had to be spoken. */
  readonly speaking: boolean;
}

export interface RenderReport {
  /** Prompts that had to be spoken. */
  readonly rendered: number;
  /** Prompts that were there already. */
  readonly kept: number;
  readonly failed: readonly { readonly text: string; readonly error: HandrailError }[];
}

interface FoundPrompt {
  readonly key: string;
  readonly text: string;
  readonly voice: PromptVoice;
  readonly recording: Int16Array | undefined;
}

const DISK_BYTES = 512 * 1024 * 1024;
const MEMORY_SAMPLES = 16_000_000;
/** A long prompt on a busy machine; at call time the caller of `render` gives its own. */
const RENDER_LIMITS: RequestLimits = { deadlineMs: 30_000 };

/**
 * Prompts that were spoken once and then cost nothing: in shared memory, and in files over a restart. What has been
 * rendered plays on while the engine is down. Keys are content hashes over text, voice and format.
 */
export class PromptLibrary {
  /** In the order of use, the longest unused first. */
  readonly #memory = new Map<string, SharedPcm>();
  #memorySamples = 0;
  readonly #underWay = new Map<string, Promise<SharedPcm>>();
  #diskTrouble = false;
  readonly #store: PromptStore;

  constructor(private readonly options: PromptLibraryOptions) {
    this.#store = options.store ?? new FilePromptStore(join(cacheDir, 'prompts'), DISK_BYTES);
  }

  has(text: string): boolean {
    return this.get(text) !== undefined;
  }

  /** From memory, or once from its file; undefined when it has to be rendered. A file that is not whole counts as absent. */
  get(text: string): SharedPcm | undefined {
    const { key, recording } = this.#find(text);
    const known = this.#recall(key);
    if (known) return known;
    return recording ? this.#remember(key, recording) : this.#load(key);
  }

  /**
   * The prompt, spoken now when it is not there. Two who want the same one at once share the work, with the first one's limits.
   * @throws HandrailError as `TextToSpeech.speak`
   */
  async render(text: string, limits: RequestLimits = RENDER_LIMITS): Promise<SharedPcm> {
    const known = this.get(text);
    if (known) return known;
    const found = this.#find(text);
    const { key } = found;
    const running = this.#underWay.get(key) ?? this.#speak(found, limits);
    this.#underWay.set(key, running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Renders what is missing, one prompt after the other so that a caller never waits for more than one of them. */
  async renderAll(
    texts: readonly string[],
    onProgress: (progress: RenderProgress) => void = () => undefined,
  ): Promise<RenderReport> {
    const wanted = [...new Set(texts)];
    const failed: { text: string; error: HandrailError }[] = [];
    let rendered = 0;
    let kept = 0;
    for (const [index, text] of wanted.entries()) {
      const speaking = !this.has(text);
      try {
        if (!speaking) kept++;
        else {
          await this.render(text);
          rendered++;
        }
      } catch (error) {
        if (!(error instanceof HandrailError)) throw error;
        failed.push({ text, error });
      }
      onProgress({ done: index + 1, total: wanted.length, speaking });
    }
    return { rendered, kept, failed };
  }

  /**
   * Takes up a text that was spoken for a caller. In memory only: it may hold what the caller said, which must not be on
   * disk.
   */
  keep(text: string, samples: Int16Array): void {
    const { key } = this.#find(text);
    if (samples.length > 0 && !this.#recall(key)) this.#remember(key, samples);
  }

  /** Who speaks a text, and under which name it is kept: the same words in the same voice are one prompt, marked or not. */
  #find(text: string): FoundPrompt {
    const { language, recording: name, text: plain } = markOf(text);
    const { recordings, tts } = this.options;
    const recording = name === undefined ? undefined : recordings?.samples(name);
    const voice = 'of' in tts ? tts.of(language) : tts;
    const voiceId = recording ? `recording ${name ?? ''}` : voice.voiceId;
    return { key: promptKey(plain, voiceId), text: plain, voice, recording };
  }

  async #speak({ key, text, voice }: FoundPrompt, limits: RequestLimits): Promise<SharedPcm> {
    const chunks: Int16Array[] = [];
    for await (const chunk of voice.speak(text, limits)) chunks.push(chunk);
    const samples = joinSamples(chunks);
    this.#save(key, samples);
    return this.#remember(key, samples);
  }

  #recall(key: string): SharedPcm | undefined {
    const prompt = this.#memory.get(key);
    if (!prompt) return undefined;
    this.#memory.delete(key);
    this.#memory.set(key, prompt);
    return prompt;
  }

  #load(key: string): SharedPcm | undefined {
    let samples: Int16Array | undefined;
    try {
      const file = this.#store.read(key);
      samples = file && decodePrompt(file);
      if (file && !samples) this.options.log.warn({ key }, 'prompt file is damaged, rendering it again');
    } catch (error) {
      this.#tellDisk(error);
    }
    return samples && this.#remember(key, samples);
  }

  #save(key: string, samples: Int16Array): void {
    try {
      this.#store.write(key, encodePrompt(samples));
      this.#diskTrouble = false;
    } catch (error) {
      this.#tellDisk(error);
    }
  }

  /** Said once until a write succeeds again: a full disk would fill the log as well. */
  #tellDisk(error: unknown): void {
    if (this.#diskTrouble) return;
    this.#diskTrouble = true;
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    const problem = full
      ? explain(new HandrailError('HR_DISK_FULL', 'Prompts are kept in memory only.'))
      : explain(error);
    this.options.log.error({ problem }, 'prompt files cannot be used, going on in memory');
  }

  #remember(key: string, samples: Int16Array): SharedPcm {
    const prompt = toSharedPcm(samples);
    this.#memory.set(key, prompt);
    this.#memorySamples += samples.length;
    const maxSamples = this.options.maxSamples ?? MEMORY_SAMPLES;
    for (const [oldKey, old] of this.#memory) {
      if (this.#memorySamples <= maxSamples || oldKey === key) break;
      this.#memory.delete(oldKey);
      this.#memorySamples -= old.samples.length;
    }
    return prompt;
  }
}
