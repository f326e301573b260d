import type { Clock } from '../kernel/clock.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { HealthWatch } from './health-watch.js';
import { limit } from './limited.js';
import type { EngineState, Recognition, RecognitionRequest, RequestLimits, SpeechToText } from './ports.js';
import { wavOf } from './wav-upload.js';

export interface WhisperServerOptions {
  /** Root of whisper.cpp's server, or of any server with its `POST /inference`. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

const PROBE_MS = 2_000;

/**
 * Whisper on a server of its own (whisper.cpp on a GPU, for instance). It transcribes freely and tells neither
 * probabilities nor readings: what a node can accept is then judged from the text alone.
 */
export function createWhisperServer(options: WhisperServerOptions): SpeechToText {
  return new WhisperServer(options);
}

class WhisperServer implements SpeechToText {
  readonly name = 'whisper-server';
  readonly #base: string;
  readonly #watch: HealthWatch;
  readonly #life = new AbortController();

  constructor(private readonly options: WhisperServerOptions) {
    this.#base = options.baseUrl.replace(/\/+$/, '');
    this.#watch = new HealthWatch({ clock: options.clock, probe: () => this.#probe() });
  }

  get state(): EngineState {
    return this.#watch.state;
  }

  get problem(): string | undefined {
    return this.#watch.problem;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#watch.onState(listener);
  }

  close(): Promise<void> {
    this.#life.abort();
    this.#watch.close();
    return Promise.resolve();
  }

  /** It knows no grammars. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    if (this.state !== 'ready') {
      throw new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${this.problem ?? 'it is starting'}.`);
    }
    const startedAtMs = this.options.clock.nowMs();
    const limited = this.#limit(limits);
    try {
      const response = await fetch(`${this.#base}/inference`, {
        method: 'POST',
        body: formOf(request),
        signal: limited.signal,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new HandrailError('HR_ENGINE_FAILED', `${this.name}: status ${response.status}.`);
      }
      const text = textOf(await response.json());
      const totalMs = this.options.clock.nowMs() - startedAtMs;
      return {
        readings: [],
        free: { text: sensitive(text), logProb: 0, tokens: 0, runaway: false },
        // Not told by the server: an empty transcript is its only way of saying it.
        noSpeechProb: text === '' ? 1 : 0,
        timings: { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: totalMs, totalMs },
      };
    } catch (error) {
      throw limited.explain(error);
    } finally {
      limited.release();
    }
  }

  /** Any answer at all: old versions have no /health. */
  async #probe(): Promise<void> {
    const limited = this.#limit({ deadlineMs: PROBE_MS });
    try {
      const response = await fetch(`${this.#base}/health`, { signal: limited.signal });
      await response.body?.cancel();
      if (response.status === 503) throw new Error('the model is still being loaded');
    } catch (error) {
      throw limited.explain(error);
    } finally {
      limited.release();
    }
  }

  #limit(limits: RequestLimits): ReturnType<typeof limit> {
    const signal = limits.signal ? AbortSignal.any([limits.signal, this.#life.signal]) : this.#life.signal;
    return limit(this.options.clock, this.name, { deadlineMs: limits.deadlineMs, signal });
  }
}

function formOf({ samples, vocabulary }: RecognitionRequest): FormData {
  const form = new FormData();
  form.set('file', new Blob([wavOf(samples, TELEPHONE_RATE_HZ)], { type: 'audio/wav' }), 'utterance.wav');
  form.set('response_format', 'json');
  form.set('temperature', '0');
  if (vocabulary) form.set('prompt', vocabulary);
  return form;
}

function textOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'text' in answer && typeof answer.text === 'string') {
    return answer.text.trim();
  }
  throw new HandrailError('HR_ENGINE_FAILED', 'whisper-server: the answer has no text.');
}
