import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import { OPEN_END, withNewWay } from './flow-edit.js';

/** Sizes of a drawn node in px, which the style sheet has too, and the way from one column to the next. */
export const drawn = { across: 96, width: 230, head: 34, prompt: 42, way: 26, foot: 6 } as const;

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
  return waysTop(node) + rowsOf(node).length * drawn.way + drawn.foot;
}

function waysTop(node: FlowNode): number {
  return drawn.head + ('prompt' in node ? drawn.prompt : 0);
}

/** The middle of the row of a way, from the node's upper end. */
export function wayTop(node: FlowNode, row: number): number {
  return waysTop(node) + (row + 0.5) * drawn.way;
}

/** What the layout depends on: while this is the same, nothing moves. */
export function shapeOf(flow: Flow): string {
  const nodes = Object.entries(flow.nodes).map(([id, node]) => [id, heightOf(node), edgesOf(node).map(({ to }) => to)]);
  return JSON.stringify([flow.start, nodes]);
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
