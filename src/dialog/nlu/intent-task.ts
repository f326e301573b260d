import { createHash } from 'node:crypto';
import type { IntentTask } from '../../local-models/ports.js';
import type { MatchCandidate } from './matcher.js';

/** What the intent classifier learns for one question; nothing where there is nothing to choose from. */
export function taskOf(candidates: readonly MatchCandidate[], others: readonly string[]): IntentTask | undefined {
  if (candidates.length < 2) return undefined;
  const classes = candidates.map(({ phrases }) => phrases);
  const id = createHash('sha256')
    .update(JSON.stringify([classes, others]))
    .digest('hex');
  return { id, classes, others };
}
