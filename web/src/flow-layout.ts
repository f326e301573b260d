import dagre from '@dagrejs/dagre';
import { edgesOf } from '../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../src/flow/schema.js';

export const nodeSize = { width: 220, height: 74 } as const;

export interface PlacedNode {
  readonly id: string;
  readonly node: FlowNode;
  readonly x: number;
  readonly y: number;
}

export interface LabelledWay {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** Places every node so that calls run from the top down. Ways to nowhere are left out; the lint has them. Pure. */
export function layoutFlow(flow: Flow): {
  readonly nodes: readonly PlacedNode[];
  readonly ways: readonly LabelledWay[];
} {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 70 });
  graph.setDefaultEdgeLabel(() => ({}));
  const ids = Object.keys(flow.nodes);
  // The start first: dagre keeps the order among equals.
  for (const id of [flow.start, ...ids.filter((other) => other !== flow.start)])
    if (Object.hasOwn(flow.nodes, id)) graph.setNode(id, { ...nodeSize });
  const ways = Object.entries(flow.nodes).flatMap(([from, node]) =>
    edgesOf(node)
      .filter(({ to }) => Object.hasOwn(flow.nodes, to))
      .map(({ field, to }) => ({ id: `${from} ${field}`, from, to, label: labelOf(node, field) })),
  );
  for (const { id, from, to } of ways) graph.setEdge(from, to, {}, id);
  dagre.layout(graph);
  const nodes = Object.entries(flow.nodes).map(([id, node]) => {
    const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
    return { id, node, x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 };
  });
  return { nodes, ways };
}

/** A way as people call it: the key and the label, or what must be the case. */
export function labelOf(node: FlowNode, field: string): string {
  const index = Number(/\.(\d+)\./.exec(field)?.[1]);
  switch (node.kind) {
    case 'menu':
    case 'converse': {
      const option = (node.kind === 'menu' ? node.options : node.exits)[index];
      return option ? `${option.key} · ${option.label}` : field;
    }
    case 'branch': {
      const branch = node.cases[index];
      return branch ? `${branch.variable} = ${branch.is.join(', ')}` : 'otherwise';
    }
    case 'hours':
      return field === 'whenOpen' ? 'open' : 'closed';
    case 'transfer':
      return 'nobody there';
    default:
      return '';
  }
}
