import type { PromptSource } from './ports.js';
import { ReadAhead } from './read-ahead.js';
import { TELEPHONE_RATE_HZ, type MediaLeg, type SharedPcm } from '../externalmedia/port.js';
import { sleep, type Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
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

/** What became of text that was spoken as it came. */
export interface Streamed {
  /** The pieces that were heard to their ends. */
  readonly heard: readonly string[];
  /** The caller spoke or pressed a key into it. */
  readonly cutOff: boolean;
}

interface Piece {
  readonly id: string;
  readonly text: string;
}

/** A text that the engine speaks. */
interface Spoken {
  chunks: AsyncIterable<Int16Array>;
  /** False when another voice had to stand in: nothing to keep. */
  isOwn: boolean;
}

/** What the caller's voice cut off. */
interface CutOff {
  readonly pieces: readonly Piece[];
  readonly manner: Manner;
}

/**
 * The call's voice: rendered prompts at once, everything else from the speech engine chunk by chunk, kept for next time.
 * Anything that the engine cannot deliver is left out and told, never a reason to stop.
 */
export class Speaker {
  #next = 0;
  /** Aborted when what is being said is stopped; a new one for what is said afterwards. */
  #engine = new AbortController();
  #cutOff: CutOff | undefined;
  /** What is spoken already by the engine, by its text, for whoever says it next. */
  readonly #prepared = new Map<string, Spoken>();
  /** Items of what was cut off that the leg has kept. */
  readonly #kept = new Set<string>();

  constructor(
    private readonly leg: MediaLeg,
    private readonly prompts: PromptSource,
    private readonly tts: TextToSpeech | undefined,
    private readonly ttsDeadlineMs: number,
    private readonly log: Logger,
  ) {
    leg.subscribe((event) => {
      if (event.type === 'playout-end' && event.resumable) this.#kept.add(event.id);
    });
  }

  say(texts: readonly string[], manner: Manner): Speech {
    const pieces = this.#number(texts);
    const speech = this.#watch(pieces, manner);
    this.#play(pieces, manner);
    return speech;
  }

  /** Has the engine speak a text that will probably be said next; nothing of it is heard before it is. */
  prepare(text: string, signal: AbortSignal): void {
    if (!this.tts || this.prompts.get(text) || this.#prepared.has(text)) return;
    const spoken = this.#speak(this.tts, text, signal);
    spoken.chunks = new ReadAhead(spoken.chunks);
    this.#prepared.set(text, spoken);
    signal.addEventListener('abort', () => {
      if (this.#prepared.get(text) === spoken) this.#prepared.delete(text);
    });
  }

  /** Goes on with what the caller's voice cut off; `undefined` when there is nothing of the kind. */
  resume(): Speech | undefined {
    const cutOff = this.#cutOff;
    if (!cutOff) return undefined;
    this.#cutOff = undefined;
    const { manner } = cutOff;
    const kept = cutOff.pieces.filter(({ id }) => this.#kept.has(id));
    this.#kept.clear();
    // What had not been spoken to its end is said anew.
    const rest = this.#number(cutOff.pieces.flatMap((piece) => (kept.includes(piece) ? [] : [piece.text])));
    const speech = this.#watch([...kept, ...rest], manner);
    this.leg.resume();
    this.#play(rest, manner);
    return speech;
  }

  #number(texts: readonly string[]): Piece[] {
    return texts.filter((text) => text.trim() !== '').map((text) => ({ id: `say-${this.#next++}`, text }));
  }

  #play(pieces: readonly Piece[], manner: Manner): void {
    const rendered = pieces.flatMap(({ id, text }) => {
      const audio = this.prompts.get(text);
      return audio ? [{ id, audio }] : [];
    });
    if (rendered.length < pieces.length) void this.#speakInOrder(pieces, manner);
    else for (const { id, audio } of rendered) this.leg.play(id, audio, manner);
  }

  /**
   * Speaks text that arrives piece by piece (clauses and sentences of a language model), each piece as soon as it is there, until the
   * caller cuts it off. Rejects as `texts` does.
   */
  async sayStream(texts: AsyncIterable<string>, manner: Manner, onAudible: (atMs: number) => void): Promise<Streamed> {
    const said: { readonly text: string; readonly ended: Speech['ended'] }[] = [];
    let cut: (how: 'cut') => void = () => undefined;
    const cutOff = new Promise<'cut'>((resolve) => (cut = resolve));
    const pieces = texts[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([pieces.next(), cutOff]);
      if (next === 'cut') {
        void pieces.return?.();
        break;
      }
      if (next.done) break;
      const { audible, ended } = this.say([next.value], manner);
      said.push({ text: next.value, ended });
      void audible.then((at) => at !== undefined && onAudible(at));
      void ended.then((how) => how === 'flushed' && cut('cut'));
    }
    const ends = await Promise.all(said.map(({ ended }) => ended));
    return {
      heard: said.flatMap(({ text }, i) => (ends[i] === 'finished' ? [text] : [])),
      cutOff: ends.includes('flushed'),
    };
  }

  /** Stops what is said and what is being synthesised. */
  stop(): void {
    this.#abandon();
    this.forget();
    this.leg.flush();
  }

  /** What was cut off will not be gone on with: something else was said meanwhile. */
  forget(): void {
    this.#cutOff = undefined;
    this.#kept.clear();
  }

  /** Opens every item first, so that pieces stay in order while the engine works. */
  async #speakInOrder(pieces: readonly Piece[], manner: Manner): Promise<void> {
    const engine = this.#engine;
    for (const { id, text } of pieces) {
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
    const prepared = this.#prepared.get(text);
    this.#prepared.delete(text);
    const spoken = prepared ?? this.#speak(this.tts, text, signal);
    const chunks: Int16Array[] = [];
    try {
      for await (const chunk of spoken.chunks) {
        if (signal.aborted) return;
        chunks.push(chunk);
        this.leg.append(id, chunk);
      }
      if (keep && spoken.isOwn) this.prompts.keep(text, concat(chunks));
    } catch (error) {
      if (!signal.aborted) this.log.warn({ err: error }, 'speech engine could not say a prompt');
    }
  }

  #speak(tts: TextToSpeech, text: string, signal: AbortSignal): Spoken {
    const onOtherVoice = (): void => void (spoken.isOwn = false);
    const chunks = tts.speak(text, { deadlineMs: this.ttsDeadlineMs, signal, onOtherVoice });
    const spoken: Spoken = { chunks, isOwn: true };
    return spoken;
  }

  #abandon(): void {
    this.#engine.abort();
    this.#engine = new AbortController();
  }

  #watch(pieces: readonly Piece[], manner: Manner): Speech {
    if (pieces.length === 0) return { audible: Promise.resolve(undefined), ended: Promise.resolve('finished') };
    let heardAt: (at: number | undefined) => void = () => undefined;
    let over: (how: 'finished' | 'flushed' | 'failed') => void = () => undefined;
    const audible = new Promise<number | undefined>((resolve) => (heardAt = resolve));
    const ended = new Promise<'finished' | 'flushed' | 'failed'>((resolve) => (over = resolve));
    const wanted = new Set(pieces.map(({ id }) => id));
    const engine = this.#engine;
    let anything = false;
    const unsubscribe = this.leg.subscribe((event) => {
      if (event.type === 'playout-start' && wanted.has(event.id)) {
        anything = true;
        heardAt(event.audibleAtMs);
      } else if (event.type === 'playout-end' && wanted.has(event.id)) {
        const left = pieces.filter(({ id }) => wanted.has(id));
        wanted.delete(event.id);
        if (event.reason !== 'flushed' && wanted.size > 0) return;
        unsubscribe();
        // A barge-in is flushed on the media thread: what is still being synthesised would come too late. After `stop`
        // that news arrives when the next speech has begun already, whose synthesis must go on.
        if (event.reason === 'flushed' && engine === this.#engine) {
          this.#abandon();
          this.#cutOff = { pieces: left, manner };
        }
        heardAt(undefined);
        over(event.reason === 'flushed' ? 'flushed' : anything ? 'finished' : 'failed');
      }
    });
    return { audible, ended };
  }
}

/** What the media thread began to say by itself a moment ago. */
export function begunBefore({ samples }: SharedPcm, clock: Clock): Speech {
  const ended = sleep(clock, samples.length / (TELEPHONE_RATE_HZ / 1_000)).then(() => 'finished' as const);
  return { audible: Promise.resolve(undefined), ended };
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
