import type { PromptSource } from './ports.js';
import { TELEPHONE_RATE_HZ, type SharedPcm } from '../externalmedia/port.js';

/** Between the pieces of a prompt. */
const GAP_SAMPLES = TELEPHONE_RATE_HZ / 10;

/**
 * Several rendered pieces as one prompt, for the turn deadline, which the media thread plays as a whole. Joined once and
 * shared by all calls; `undefined` while a piece is not rendered.
 */
export class JoinedPrompts {
  readonly #joined = new Map<string, SharedPcm>();

  constructor(private readonly prompts: Pick<PromptSource, 'get'>) {}

  /** Lets go of everything: another version of the flow has other prompts. */
  forget(): void {
    this.#joined.clear();
  }

  get(texts: readonly string[]): SharedPcm | undefined {
    const key = texts.join('\n');
    const known = this.#joined.get(key);
    if (known) return known;
    const pieces: Int16Array[] = [];
    for (const text of texts) {
      const piece = this.prompts.get(text);
      if (!piece) return undefined;
      pieces.push(piece.samples);
    }
    const length = pieces.reduce((n, p) => n + p.length + GAP_SAMPLES, 0);
    const samples = new Int16Array(new SharedArrayBuffer(length * Int16Array.BYTES_PER_ELEMENT));
    let at = 0;
    for (const piece of pieces) {
      samples.set(piece, at);
      at += piece.length + GAP_SAMPLES;
    }
    const joined = { samples };
    this.#joined.set(key, joined);
    return joined;
  }
}
