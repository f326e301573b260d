import type { FlowNode } from '../flow/schema.js';
import type { OwnWords } from '../flow/words/own-words.js';

/** What is said when a key has no meaning, or none came: the node's own words, else ours. */
export function keypadFailureWords(node: FlowNode | undefined, what: 'wrongKey' | 'noKey', words: OwnWords): string {
  const own = node && what in node ? (node as { readonly [K in typeof what]?: string })[what] : undefined;
  return own ?? (what === 'wrongKey' ? words.invalidKey : words.notHeard);
}
