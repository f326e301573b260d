import type { Step } from './state.js';
import type { FlowNode } from '../flow/schema.js';

/** Whether the caller has just said that the call may be recorded; undefined when they have said nothing about it. */
export function consentOf(node: FlowNode | undefined, { meaning, outcome }: Step): boolean | undefined {
  if (node?.kind !== 'collect' || !node.records || outcome === 'confirm') return undefined;
  const answer = meaning?.slots[node.slot];
  return answer === undefined ? undefined : answer === 'yes';
}
