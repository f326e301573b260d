import dagre from '@dagrejs/dagre';
import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import { OPEN_END, withNewWay } from './flow-edit.js';

/** Sizes of a drawn node in px; the style sheet has the same. */
export const drawn = { width: 230, head: 34, prompt: 42, way: 26, foot: 6 } as const;

/** Beyond so many nodes dagre takes seconds, and layers are laid by reach alone. */
const DAGRE_UP_TO = 400;
const GAP = { across: 80, along: 28 } as const;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A node that can have one more way has a row for it. */
export function rowsOf(node: FlowNode): readonly string[] {
  const ways = edgesOf(node).map(({ field }) => field);
  return withNewWay(node, OPEN_END) ? [...ways, NEW_WAY] : ways;
}

/** The handle from which a new way is drawn. */
export const NEW_WAY = '+';

export function heightOf(node: FlowNode): number {
  return drawn.head + ('prompt' in node ? drawn.prompt : 0) + rowsOf(node).length * drawn.way + drawn.foot;
}

/** What the layout depends on: while this is the same, nothing moves. */
export function shapeOf(flow: Flow): string {
  const nodes = Object.entries(flow.nodes).map(([id, node]) => [id, heightOf(node), edgesOf(node).map(({ to }) => to)]);
  return JSON.stringify([flow.start, nodes]);
}

/** Places every node so that calls run from left to right. Pure. */
export function layoutFlow(flow: Flow): ReadonlyMap<string, Place> {
  return Object.keys(flow.nodes).length <= DAGRE_UP_TO ? byDagre(flow) : byReach(flow);
}

function byDagre(flow: Flow): ReadonlyMap<string, Place> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.along, ranksep: GAP.across });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of startFirst(flow)) {
    const node = flow.nodes[id];
    if (node) graph.setNode(id, { width: drawn.width, height: heightOf(node) });
  }
  for (const [from, node] of Object.entries(flow.nodes))
    for (const { field, to } of edgesOf(node)) if (Object.hasOwn(flow.nodes, to)) graph.setEdge(from, to, {}, field);
  dagre.layout(graph);
  return new Map(
    Object.entries(flow.nodes).map(([id, node]) => {
      const { x, y } = graph.node(id) as Place;
      return [id, { x: x - drawn.width / 2, y: y - heightOf(node) / 2 }];
    }),
  );
}

/** A column for each number of steps from the start; what cannot be reached comes last. */
function byReach(flow: Flow): ReadonlyMap<string, Place> {
  const columns: string[][] = [];
  const seen = new Set<string>();
  let column = [flow.start].filter((id) => Object.hasOwn(flow.nodes, id));
  while (column.length > 0) {
    for (const id of column) seen.add(id);
    columns.push(column);
    const next = column.flatMap((id) => edgesOf(flow.nodes[id] ?? { kind: 'hangup' }).map(({ to }) => to));
    column = [...new Set(next)].filter((id) => !seen.has(id) && Object.hasOwn(flow.nodes, id));
  }
  columns.push(Object.keys(flow.nodes).filter((id) => !seen.has(id)));
  const places = new Map<string, Place>();
  columns.forEach((ids, at) => {
    let y = 0;
    for (const id of ids) {
      places.set(id, { x: at * (drawn.width + GAP.across), y });
      y += heightOf(flow.nodes[id] ?? { kind: 'hangup' }) + GAP.along;
    }
  });
  return places;
}

function startFirst(flow: Flow): readonly string[] {
  return [flow.start, ...Object.keys(flow.nodes).filter((id) => id !== flow.start)];
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The node that the eye goes to from another in a direction: near, and not far off the line. */
export function neighbour(
  places: ReadonlyMap<string, Place>,
  from: string | undefined,
  direction: Direction,
): string | undefined {
  const here = from === undefined ? undefined : places.get(from);
  if (!here) return places.keys().next().value;
  const score = ({ x, y }: Place): number | undefined => {
    const [dx, dy] = [x - here.x, y - here.y];
    const [ahead, aside] = {
      right: [dx, dy],
      left: [-dx, dy],
      down: [dy, dx],
      up: [-dy, dx],
    }[direction] as [number, number];
    return ahead > 1 ? ahead + 2 * Math.abs(aside) : undefined;
  };
  let best: { readonly id: string; readonly score: number } | undefined;
  for (const [id, place] of places) {
    const mine = score(place);
    if (id !== from && mine !== undefined && (!best || mine < best.score)) best = { id, score: mine };
  }
  return best?.id;
}
