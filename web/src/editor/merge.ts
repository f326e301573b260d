import type { Flow, FlowNode } from '../../../src/flow/schema.js';

/** Two editors' work on one flow, brought together node by node; `HEAD` stands for everything but the nodes. */
export interface Merge {
  /** Ours, with theirs where only they have changed something. Where both did, ours until somebody chooses. */
  readonly flow: Flow;
  /** Only they have changed these. */
  readonly theirs: readonly string[];
  /** Both have, in different ways. */
  readonly both: readonly string[];
}

/** No node can have this name. */
export const HEAD = '(flow)';

/** Pure. @param base what both have begun from */
export function mergeFlows(base: Flow, ours: Flow, theirs: Flow): Merge {
  const mine = new Set(changedParts(base, ours));
  const differ = new Set(changedParts(ours, theirs));
  const foreign = changedParts(base, theirs).filter((id) => differ.has(id));
  const onlyTheirs = foreign.filter((id) => !mine.has(id));
  return {
    flow: taking(ours, theirs, onlyTheirs),
    theirs: onlyTheirs,
    both: foreign.filter((id) => mine.has(id)),
  };
}

/** Ours, with some parts as they are in theirs. */
export function taking(ours: Flow, theirs: Flow, parts: readonly string[]): Flow {
  const { nodes: ourNodes, ...ourHead } = ours;
  const { nodes: theirNodes, ...theirHead } = theirs;
  const taken = new Set(parts);
  const nodes: Record<string, FlowNode> = {};
  for (const [id, node] of Object.entries(ourNodes)) {
    const other = taken.has(id) ? theirNodes[id] : node;
    if (other) nodes[id] = other;
  }
  for (const [id, node] of Object.entries(theirNodes)) if (taken.has(id) && !Object.hasOwn(nodes, id)) nodes[id] = node;
  return { ...(taken.has(HEAD) ? theirHead : ourHead), nodes };
}

/** Nodes that are new, gone or otherwise, and the head. */
function changedParts(before: Flow, after: Flow): readonly string[] {
  const { nodes: oldNodes, ...oldHead } = before;
  const { nodes: newNodes, ...newHead } = after;
  const ids = new Set([...Object.keys(oldNodes), ...Object.keys(newNodes)]);
  return [
    ...(same(oldHead, newHead) ? [] : [HEAD]),
    ...[...ids].filter((id) => !same(oldNodes[id], newNodes[id])).sort(),
  ];
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const names = Object.keys(x);
  return (
    names.length === Object.keys(y).length && names.every((name) => Object.hasOwn(y, name) && same(x[name], y[name]))
  );
}
