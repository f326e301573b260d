import type { FlowNode } from '../flow/schema.js';

/** The bot's own sentences, in one place. Everything else it says was written by the admin in the flow. */
export const wording = {
  notUnderstood: 'Sorry, I did not catch that.',
  notHeard: 'Sorry, I did not hear you.',
  toKeypad: 'Let us use the keys.',
  invalidKey: 'That key has no meaning here.',
  yesOrNo: 'Please say yes, or press 1. Or say no, or press 2.',
  denied: 'Sorry about that.',
  forOperator: 'For a person, press 0.',
  didYouMean: (what: string) => `Did you mean ${what}?`,
  isThatRight: (what: string) => `${what}. Is that right?`,
  anythingElse: 'Anything else?',
  unknown: 'I do not know that, sorry.',
  whereWereWe: 'Sorry, where were we.',
  goodbye: 'Goodbye.',
} as const;

/** What is said when a key has no meaning, or none came: the node's own words, else these. */
export function keypadFailureWords(node: FlowNode | undefined, what: 'wrongKey' | 'noKey'): string {
  const own = node && what in node ? (node as { readonly [K in typeof what]?: string })[what] : undefined;
  return own ?? (what === 'wrongKey' ? wording.invalidKey : wording.notHeard);
}

/** Said while a language model has not begun to answer. */
export const FILLER = 'One moment.';
