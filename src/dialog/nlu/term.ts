import type { GrammarBuilder, Tag } from './grammar-builder.js';

/**
 * Values that are reckoned from what was said (“quarter to three” is 2:45) are written by the arcs as terms, `h3 b15`, and
 * understood when the sentence is read.
 */
export interface TermPlace {
  readonly from: number;
  readonly to: number;
  readonly slot: string;
}

/** The term as a part of the slot's raw value; terms that follow each other have rising places. */
export function term(slot: string, part: string, at: number): Tag {
  return { set: 'slot', slot, part, at, glue: ' ' };
}

/** One arc for each phrase and its term. */
export function terms(
  grammar: GrammarBuilder,
  { from, to, slot }: TermPlace,
  said: Iterable<readonly [part: string, phrases: readonly string[]]>,
  at: number,
  weight = 0,
): void {
  for (const [part, phrases] of said) grammar.any(from, new Set(phrases), to, { tag: term(slot, part, at), weight });
}

/** `h3 b15` as { h: '3', b: '15' }. */
export function readTerms(raw: string): Readonly<Record<string, string>> {
  return Object.fromEntries(raw.split(' ').map((part) => [part.charAt(0), part.slice(1)]));
}

/** A value that raw terms may mean, with its share among all that they may mean. */
export interface MeantValue {
  readonly value: string;
  readonly share: number;
}
