import { createHash } from 'node:crypto';

import type { Grammar, GrammarArc } from '../../local-models/ports.js';

/** What taking an arc says about the meaning. */
export type Tag =
  | { readonly set: 'intent'; readonly intent: string }
  | { readonly set: 'answer'; readonly answerId: string }
  /**
   * Adds a part to a slot's value; `glue` stands between the parts. `at` is the part's place in the value: one that
   * does not come after the last one begins the value anew.
   */
  | { readonly set: 'slot'; readonly slot: string; readonly part: string; readonly at: number; readonly glue: '' | ' ' }
  /** The sentence stops in the middle here; `drop` is the slot whose value is not whole yet. */
  | { readonly set: 'open'; readonly drop?: string };

export interface TaggedArc extends GrammarArc {
  readonly tag?: Tag;
  /** For reading text only: not shown to the recogniser, which would only be confused by it. */
  readonly textOnly?: boolean;
}

interface ArcOptions {
  readonly weight?: number;
  readonly tag?: Tag;
  readonly textOnly?: boolean;
}

/**
 * Builds a word automaton whose arcs carry meaning. State 0 is the start. The recogniser gets it without the tags
 * (`grammar()`), the reader of text gets all of it (`arcs`, `finals`): one automaton for both.
 */
export class GrammarBuilder {
  readonly start = 0;
  readonly #arcs: TaggedArc[] = [];
  readonly #finals = new Set<number>();
  #states = 1;

  state(): number {
    return this.#states++;
  }

  /** An arc of one or more words; the empty phrase is a free step. */
  arc(from: number, phrase: string, to: number, options: ArcOptions = {}): void {
    this.#arcs.push({ from, to, phrase, ...options });
  }

  free(from: number, to: number, options: ArcOptions = {}): void {
    this.arc(from, '', to, options);
  }

  /** Parallel arcs, one a phrase. */
  any(from: number, phrases: Iterable<string>, to: number, options: ArcOptions = {}): void {
    for (const phrase of phrases) this.arc(from, phrase, to, options);
  }

  final(state: number): void {
    this.#finals.add(state);
  }

  get arcs(): readonly TaggedArc[] {
    return this.#arcs;
  }

  get finals(): ReadonlySet<number> {
    return this.#finals;
  }

  /** The automaton as the recogniser takes it. @param digits where every sentence is a string of so many digits */
  grammar(digits?: Grammar['digits']): Grammar {
    const arcs = this.#arcs
      .filter((arc) => !arc.textOnly)
      .map(({ from, to, phrase, weight }) => (weight ? { from, to, phrase, weight } : { from, to, phrase }));
    const finals = [...this.#finals].sort((a, b) => a - b);
    const id = createHash('sha256')
      .update(JSON.stringify([arcs, finals, digits]))
      .digest('hex');
    return digits ? { id, arcs, finals, digits } : { id, arcs, finals };
  }
}
