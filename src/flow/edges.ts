import type { Flow, FlowNode } from './schema.js';

/** A way out of a node. `field` says where it stands, as in `options.0.next`. */
export interface Edge {
  readonly field: string;
  readonly to: string;
}

/** All ways out of a node, in the order in which they are written. */
export function edgesOf(node: FlowNode): readonly Edge[] {
  switch (node.kind) {
    case 'menu':
      return [
        ...node.options.map(({ next }, index) => ({ field: `options.${index}.next`, to: next })),
        ...(node.directDial ?? []).map(({ next }, index) => ({ field: `directDial.${index}.next`, to: next })),
      ];
    case 'converse':
      return node.exits.map(({ next }, index) => ({ field: `exits.${index}.next`, to: next }));
    case 'branch':
      return [
        ...node.cases.map(({ next }, index) => ({ field: `cases.${index}.next`, to: next })),
        { field: 'otherwise', to: node.otherwise },
      ];
    case 'hours':
      return [
        { field: 'whenOpen', to: node.whenOpen },
        { field: 'whenClosed', to: node.whenClosed },
      ];
    case 'transfer':
    case 'directory':
      return [{ field: 'failed', to: node.failed }];
    case 'subflow':
      return [
        { field: 'start', to: node.start },
        { field: 'next', to: node.next },
      ];
    case 'tool':
    case 'callback':
      return [
        { field: 'next', to: node.next },
        { field: 'failed', to: node.failed },
      ];
    case 'collect':
    case 'form':
    case 'say':
    case 'set':
    case 'language':
    case 'voicemail':
      return [{ field: 'next', to: node.next }];
    case 'return':
    case 'hangup':
      return [];
    default:
      return node satisfies never;
  }
}

/** The nodes that a call can come to without a way that leads there. */
export function entrancesOf({ start, giveUp, operator }: Flow): readonly string[] {
  return [start, giveUp, ...(operator === undefined ? [] : [operator])];
}

/** All nodes that a call can come to from `starts`, these included. */
export function reachableFrom(
  starts: readonly string[],
  nodes: ReadonlyMap<string, FlowNode>,
  waysOf: (node: FlowNode) => readonly string[] = (node) => edgesOf(node).map(({ to }) => to),
): ReadonlySet<string> {
  const reached = new Set<string>();
  const todo = [...starts];
  for (let nodeId = todo.pop(); nodeId !== undefined; nodeId = todo.pop()) {
    const node = nodes.get(nodeId);
    if (!node || reached.has(nodeId)) continue;
    reached.add(nodeId);
    todo.push(...waysOf(node));
  }
  return reached;
}
