import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { sensitive } from '../kernel/sensitive.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { HttpEngine } from './http-engine.js';
import type { Recognition, RecognitionRequest, RequestLimits, SpeechToText } from './ports.js';
import { wavOf } from './wav-upload.js';

export interface WhisperServerOptions {
  /** Root of whisper.cpp's server, or of any server with its `POST /inference`. */
  readonly baseUrl: string;
  readonly clock: Clock;
}

/**
 * Whisper on a server of its own (whisper.cpp on a GPU, for instance). It transcribes freely and tells neither
 * probabilities nor readings: what a node can accept is then judged from the text alone.
 */
export function createWhisperServer(options: WhisperServerOptions): SpeechToText {
  return new WhisperServer(options);
}

class WhisperServer extends HttpEngine implements SpeechToText {
  readonly #base: string;

  constructor({ baseUrl, clock }: WhisperServerOptions) {
    const base = baseUrl.replace(/\/+$/, '');
    super('whisper-server', clock, (signal) => probe(base, signal));
    this.#base = base;
  }

  /** It knows no grammars. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    this.needReady();
    const startedAtMs = this.clock.nowMs();
    const limited = this.limit(limits);
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
      const totalMs = this.clock.nowMs() - startedAtMs;
      return {
        readings: [],
        // Nothing is told of how sure it was: it is taken for sure, and its words for tokens, because what has none is not read.
        free: { text: sensitive(text), logProb: 0, tokens: text.split(/\s+/).filter(Boolean).length, runaway: false },
        // Not told either: an empty transcript is its only way of saying it.
        noSpeechProb: text === '' ? 1 : 0,
        timings: { queueMs: 0, featuresMs: 0, encodeMs: 0, decodeMs: totalMs, totalMs },
      };
    } catch (error) {
      throw limited.explain(error);
    } finally {
      limited.release();
    }
  }
}

/** Any answer at all: old versions have no /health. */
async function probe(base: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${base}/health`, { signal });
  await response.body?.cancel();
  if (response.status === 503) throw new Error('the model is still being loaded');
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
