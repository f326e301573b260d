import type { KeySpec } from './key-collector.js';

/** How far a question by keys has come. */
export interface KeypadProgress {
  /** Slots of the form that were answered or skipped by keys. */
  readonly done: readonly string[];
  /** Parts of the compound value that is being asked; '' = skipped. Of a time, the digits that wait for a.m. or p.m. */
  readonly parts: readonly string[];
  /** Page of the list, from 0. */
  readonly page: number;
  /** Values chosen so far. */
  readonly slots: Readonly<Record<string, string>>;
}

export const keypadStart: KeypadProgress = { done: [], parts: [], page: 0, slots: {} };

export interface KeypadQuestion {
  /** Said piece by piece; every piece is a fixed text. */
  readonly prompt: readonly string[];
  readonly spec: KeySpec;
}

/** What one key, or the last of several, comes to. An empty value: it was skipped. */
export type ValueAnswer =
  | { readonly type: 'value'; readonly value: string }
  | { readonly type: 'ask'; readonly progress: KeypadProgress }
  | { readonly type: 'invalid' };

export function choice(keys: readonly string[]): KeySpec {
  return { kind: 'choice', keys: new Set(keys) };
}
