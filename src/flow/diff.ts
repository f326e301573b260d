import { createTwoFilesPatch } from 'diff';
import { edgesOf } from './edges.js';
import { flowText } from './flow-text.js';
import type { Flow, FlowNode } from './schema.js';

/** What is different between two flows: for people by node, for the eye as text. */
export interface FlowDiff {
  /** In the order of the nodes' names, the head (`flow`) first. Empty: they are the same. */
  readonly changes: readonly NodeChange[];
  /** Unified diff of the two texts; empty when they are the same. */
  readonly text: string;
}

export interface NodeChange {
  /** The node; `flow` for the head. */
  readonly nodeId: string;
  readonly type: 'added' | 'removed' | 'changed';
  /** With `changed`: every field that differs, and how. `from` or `to` is absent where there was or is no such field. */
  readonly fields: readonly FieldChange[];
  /** Ways that are new or gone, as `options.0.next → order`. */
  readonly ways: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export interface FieldChange {
  /** Path in the node, such as `options.2.label`. */
  readonly field: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Pure. @param names what the two are called in the text, such as `version 3` */
export function diffFlows(before: Flow, after: Flow, names: readonly [string, string]): FlowDiff {
  const { nodes: oldNodes, ...oldHead } = before;
  const { nodes: newNodes, ...newHead } = after;
  const ids = [...new Set([...Object.keys(oldNodes), ...Object.keys(newNodes)])].sort();
  const head = fieldChanges(oldHead, newHead, '');
  const changes: NodeChange[] = [
    ...(head.length > 0 ? [{ nodeId: 'flow', type: 'changed', fields: head, ways: noWays } as const] : []),
    ...ids.flatMap((nodeId) => nodeChange(nodeId, oldNodes[nodeId], newNodes[nodeId])),
  ];
  if (changes.length === 0) return { changes, text: '' };
  const text = createTwoFilesPatch(names[0], names[1], flowText(before), flowText(after), undefined, undefined, {
    context: 3,
  });
  // Without the ruler that the package puts above.
  return { changes, text: text.replace(/^=+\n/, '') };
}

const noWays = { added: [], removed: [] } as const;

function nodeChange(nodeId: string, before: FlowNode | undefined, after: FlowNode | undefined): readonly NodeChange[] {
  if (!before && !after) return [];
  const fields = before && after ? fieldChanges(before, after, '') : [];
  if (before && after && fields.length === 0) return [];
  const [old, now] = [waysOf(before), waysOf(after)];
  return [
    {
      nodeId,
      type: !before ? 'added' : !after ? 'removed' : 'changed',
      fields,
      ways: { added: now.filter((way) => !old.includes(way)), removed: old.filter((way) => !now.includes(way)) },
    },
  ];
}

function waysOf(node: FlowNode | undefined): readonly string[] {
  return node ? edgesOf(node).map(({ field, to }) => `${field} → ${to}`) : [];
}

function fieldChanges(before: unknown, after: unknown, at: string): readonly FieldChange[] {
  if (isParent(before) && isParent(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => fieldChanges(before[name], after[name], at === '' ? name : `${at}.${name}`));
  }
  if (before === after) return [];
  return [
    {
      field: at,
      ...(before === undefined ? {} : { from: before }),
      ...(after === undefined ? {} : { to: after }),
    },
  ];
}

/** An object or a list. */
function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
