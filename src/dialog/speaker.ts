import type { PromptSource } from './ports.js';
import type { Logger } from '../kernel/log.js';
import type { MediaLeg } from '../externalmedia/port.js';
import type { TextToSpeech } from '../local-models/ports.js';

/** What is being said: one or more pieces of text in a row. */
export interface Speech {
  /** Kept when the first voiced sample left our socket, with its time; `undefined` when nothing was ever heard. */
  readonly audible: Promise<number | undefined>;
  /** Kept when all was heard, was flushed (barge-in, a key), or could not be said at all. */
  readonly ended: Promise<'finished' | 'flushed' | 'failed'>;
}

/** How a text is said. */
export interface Manner {
  /** Whether the caller's speech stops it. */
  readonly bargeIn: boolean;
  /** Whether what the engine spoke may be kept for the next time: not with what a caller keyed in confidence. */
  readonly keep: boolean;
}

/**
 * The call's voice: rendered prompts at once, everything else from the speech engine chunk by chunk, kept for next time.
 * Anything that the engine cannot deliver is left out and told, never a reason to stop.
 */
export class Speaker {
  #next = 0;
  /** Aborted when what is being said is stopped; a new one for what is said afterwards. */
  #engine = new AbortController();

  constructor(
    private readonly leg: MediaLeg,
    private readonly prompts: PromptSource,
    private readonly tts: TextToSpeech | undefined,
    private readonly ttsDeadlineMs: number,
    private readonly log: Logger,
  ) {}

  say(texts: readonly string[], manner: Manner): Speech {
    const pieces = texts.filter((t) => t.trim() !== '');
    const ids = pieces.map(() => `say-${this.#next++}`);
    const speech = this.#watch(ids);
    if (pieces.length === 0) return speech;
    const rendered = pieces.map((text) => this.prompts.get(text));
    if (rendered.every((audio) => audio !== undefined)) {
      rendered.forEach((audio, i) => this.leg.play(ids[i] ?? '', audio, manner));
    } else {
      void this.#speakInOrder(pieces, ids, manner);
    }
    return speech;
  }

  /** Speaks text that arrives piece by piece (sentences of a language model), each piece as soon as it is there. */
  async sayStream(texts: AsyncIterable<string>, manner: Manner, onAudible: (atMs: number) => void): Promise<boolean> {
    let last: Speech | undefined;
    for await (const text of texts) {
      last = this.say([text], manner);
      void last.audible.then((at) => at !== undefined && onAudible(at));
      if ((await raceNow(last.ended)) === 'flushed') return true;
    }
    return last !== undefined && (await last.ended) !== 'failed';
  }

  /** Stops what is said and what is being synthesised. */
  stop(): void {
    this.#abandon();
    this.leg.flush();
  }

  /** Opens every item first, so that pieces stay in order while the engine works. */
  async #speakInOrder(pieces: readonly string[], ids: readonly string[], manner: Manner): Promise<void> {
    const engine = this.#engine;
    for (const [i, text] of pieces.entries()) {
      const id = ids[i] ?? '';
      if (engine.signal.aborted) return;
      const rendered = this.prompts.get(text);
      if (rendered) {
        this.leg.play(id, rendered, manner);
        continue;
      }
      this.leg.playStream(id, manner);
      await this.#synthesise(id, text, manner.keep, engine.signal);
      this.leg.finish(id);
    }
  }

  async #synthesise(id: string, text: string, keep: boolean, signal: AbortSignal): Promise<void> {
    if (!this.tts) return;
    const chunks: Int16Array[] = [];
    try {
      for await (const chunk of this.tts.speak(text, { deadlineMs: this.ttsDeadlineMs, signal })) {
        if (signal.aborted) return;
        chunks.push(chunk);
        this.leg.append(id, chunk);
      }
      if (keep) this.prompts.keep(text, concat(chunks));
    } catch (error) {
      if (!signal.aborted) this.log.warn({ err: error }, 'speech engine could not say a prompt');
    }
  }

  #abandon(): void {
    this.#engine.abort();
    this.#engine = new AbortController();
  }

  #watch(ids: readonly string[]): Speech {
    if (ids.length === 0) return { audible: Promise.resolve(undefined), ended: Promise.resolve('finished') };
    let heardAt: (at: number | undefined) => void = () => undefined;
    let over: (how: 'finished' | 'flushed' | 'failed') => void = () => undefined;
    const audible = new Promise<number | undefined>((resolve) => (heardAt = resolve));
    const ended = new Promise<'finished' | 'flushed' | 'failed'>((resolve) => (over = resolve));
    const wanted = new Set(ids);
    const engine = this.#engine;
    let anything = false;
    const unsubscribe = this.leg.subscribe((event) => {
      if (event.type === 'playout-start' && wanted.has(event.id)) {
        anything = true;
        heardAt(event.audibleAtMs);
      } else if (event.type === 'playout-end' && wanted.has(event.id)) {
        wanted.delete(event.id);
        if (event.reason !== 'flushed' && wanted.size > 0) return;
        unsubscribe();
        // A barge-in is flushed on the media thread: what is still being synthesised would come too late. After `stop`
        // that news arrives when the next speech has begun already, whose synthesis must go on.
        if (event.reason === 'flushed' && engine === this.#engine) this.#abandon();
        heardAt(undefined);
        over(event.reason === 'flushed' ? 'flushed' : anything ? 'finished' : 'failed');
      }
    });
    return { audible, ended };
  }
}

/** The value of a promise if it is already kept. */
async function raceNow<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, Promise.resolve(undefined)]);
}

function concat(chunks: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
