import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow } from '../../../src/flow/schema.js';
import { drawn, heightOf, wayTop, type Place } from './flow-layout.js';
import { laneKey, lanesOf, type Lane } from './lanes.js';
import { stacked, type Box } from './stacked.js';

/** Free above and below a node, and a lane. */
const MARGIN = { node: 14, lane: 7 } as const;

/** A way that does not lead into the next column: in which lane it runs, from the column of one end to that of the other. */
export interface Route {
  readonly isBack: boolean;
  /** The columns through which it runs, in its own direction. */
  readonly from: number;
  readonly to: number;
  /** The middle of its lane in a column. */
  readonly yAt: (column: number) => number;
}

export interface Layout {
  readonly places: ReadonlyMap<string, Place>;
  /** How ways from one node to another run; undefined: straight into the next column. */
  readonly routeOf: (from: string, to: string) => Route | undefined;
}

/**
 * Places every node so that calls run from left to right: a column after the last one that leads to it, in the column as near
 * as it fits to the ways that lead to it. Ways that lead past a column, or back, have lanes there between the nodes. Takes time
 * in proportion to the flow: a drawing is laid out anew at each way that is drawn. Pure.
 */
export function layoutFlow(flow: Flow): Layout {
  const order = forwardOrder(flow);
  const columnOf = columnsOf(flow, order);
  const lanes = lanesOf(flow, columnOf);
  const arriving = new Map<string, { sum: number; count: number }>([[flow.start, { sum: 0, count: 1 }]]);
  const arrive = (key: string, y: number): void => {
    const { sum, count } = arriving.get(key) ?? { sum: 0, count: 0 };
    arriving.set(key, { sum: sum + y, count: count + 1 });
  };
  const places = new Map<string, Place>();
  const laneYs = new Map([...lanes.keys()].map((key): [string, number[]] => [key, []]));
  contents(columnOf, lanes).forEach(({ ids, passing }, column) => {
    const wantedAt = (key: string): number => {
      const { sum, count } = arriving.get(key) ?? { sum: Infinity, count: 1 };
      return sum / count;
    };
    const height = (id: string): number => heightOf(flow.nodes[id] ?? { kind: 'hangup' });
    const wantedOf = ({ to, isBack, first }: Lane): number => {
      // A way back ends above its node.
      if (isBack && first === column) return wantedAt(to) - height(to) / 2 - MARGIN.node;
      const ys = laneYs.get(laneKey(to, isBack)) ?? [];
      return isBack ? (ys.at(-1) ?? 0) : wantedAt(laneKey(to, isBack));
    };
    const boxes = [
      ...passing.map((lane): Box => {
        const { isBack, to } = lane;
        return { key: laneKey(to, isBack), height: 0, margin: MARGIN.lane, wanted: wantedOf(lane) };
      }),
      ...ids.map((key): Box => ({ key, height: height(key), margin: MARGIN.node, wanted: wantedAt(key) })),
    ];
    const tops = stacked(boxes);
    for (const { isBack, last, to } of passing) {
      const key = laneKey(to, isBack);
      const y = tops.get(key) ?? 0;
      laneYs.get(key)?.push(y);
      arriving.delete(key);
      if (!isBack) arrive(column === last ? to : key, y);
    }
    for (const id of ids) {
      const y = tops.get(id) ?? 0;
      const node = flow.nodes[id];
      places.set(id, { x: columnX(column), y });
      if (!node) continue;
      edgesOf(node).forEach(({ to }, row) => {
        if (!isForward(order, id, to)) return;
        const key = laneKey(to, false);
        arrive((columnOf.get(to) ?? 0) > column + 1 && lanes.has(key) ? key : to, y + wayTop(node, row));
      });
    }
  });
  return {
    places,
    routeOf: (id, to) => {
      const [from = 0, at = 0] = [columnOf.get(id), columnOf.get(to)];
      const isBack = at <= from;
      const key = laneKey(to, isBack);
      const [lane, ys] = [lanes.get(key), laneYs.get(key)];
      if (!lane || !ys || at === from + 1) return undefined;
      const yAt = (column: number): number => ys[column - lane.first] ?? 0;
      return isBack ? { isBack, from, to: at, yAt } : { isBack, from: from + 1, to: at - 1, yAt };
    },
  };
}

/** The left end of a column. */
export function columnX(column: number): number {
  return column * (drawn.width + drawn.across);
}

/** What stands in each column: nodes, and lanes that run through. */
function contents(columnOf: ReadonlyMap<string, number>, lanes: ReadonlyMap<string, Lane>) {
  const columns: { readonly ids: string[]; readonly passing: Lane[] }[] = [];
  const at = (column: number) => (columns[column] ??= { ids: [], passing: [] });
  for (const [id, column] of columnOf) at(column).ids.push(id);
  for (const lane of lanes.values())
    for (let column = lane.first; column <= lane.last; column++) at(column).passing.push(lane);
  return columns;
}

/** The column of each node: the one after the last that leads to it; ways that close a circle do not count. */
function columnsOf(flow: Flow, order: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const columns = new Map([...order.keys()].map((id) => [id, 0]));
  for (const id of order.keys()) {
    const here = columns.get(id) ?? 0;
    for (const { to } of edgesOf(flow.nodes[id] ?? { kind: 'hangup' }))
      if (isForward(order, id, to)) columns.set(to, Math.max(columns.get(to) ?? 0, here + 1));
  }
  return columns;
}

function isForward(order: ReadonlyMap<string, number>, from: string, to: string): boolean {
  return (order.get(to) ?? -1) > (order.get(from) ?? -1);
}

/**
 * The nodes with their places in an order in which every way leads forward, but for those that close a circle: the reverse of
 * the order in which a search in depth leaves them. What the start does not reach comes last.
 */
function forwardOrder(flow: Flow): ReadonlyMap<string, number> {
  const seen = new Set<string>();
  const inOrder = [flow.start, ...Object.keys(flow.nodes)].flatMap((root) => left(flow, root, seen).reverse());
  return new Map(inOrder.map((id, at) => [id, at]));
}

/** What a search from `root` finds, in the order in which it is left; without recursion, for chains of thousands. */
function left(flow: Flow, root: string, seen: Set<string>): string[] {
  const done: string[] = [];
  const path: { readonly id: string; readonly ways: string[] }[] = [];
  const enter = (id: string): void => {
    const node = flow.nodes[id];
    if (!node || seen.has(id)) return;
    seen.add(id);
    path.push({ id, ways: edgesOf(node).map(({ to }) => to) });
  };
  enter(root);
  for (let here = path.at(-1); here; here = path.at(-1)) {
    // The last way first: in the reverse order the first one is in front.
    const next = here.ways.pop();
    if (next !== undefined) enter(next);
    else {
      done.push(here.id);
      path.pop();
    }
  }
  return done;
}
