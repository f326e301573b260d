import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow } from '../../../src/flow/schema.js';
import { drawn, heightOf, wayTop, type Place } from './flow-layout.js';

const GAP = { across: 80, along: 28 } as const;

interface Box {
  readonly id: string;
  readonly height: number;
  /** Where its middle wants to be: at the ways that lead to it. */
  readonly wanted: number;
}

/**
 * Places every node so that calls run from left to right: a column after the last one that leads to it, in the column as near
 * as it fits to the ways that lead to it. Takes time in proportion to the flow: a drawing is laid out anew at each way that is
 * drawn. Pure.
 */
export function layoutFlow(flow: Flow): ReadonlyMap<string, Place> {
  const order = forwardOrder(flow);
  const columns = columnsOf(flow, order);
  const arriving = new Map<string, number[]>();
  const places = new Map<string, Place>();
  columns.forEach((ids, column) => {
    const boxes = ids.map((id): Box => {
      const from = arriving.get(id) ?? [];
      const wanted = from.length === 0 ? Infinity : from.reduce((sum, y) => sum + y, 0) / from.length;
      return { id, height: heightOf(flow.nodes[id] ?? { kind: 'hangup' }), wanted };
    });
    for (const [id, y] of stacked(boxes)) {
      places.set(id, { x: column * (drawn.width + GAP.across), y });
      const node = flow.nodes[id];
      if (!node) continue;
      edgesOf(node).forEach(({ to }, row) => {
        if (isForward(order, id, to)) arriving.set(to, [...(arriving.get(to) ?? []), y + wayTop(node, row)]);
      });
    }
  });
  return places;
}

/** The nodes in columns: each in the one after the last that leads to it; ways that close a circle do not count. */
function columnsOf(flow: Flow, order: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  const column = new Map<string, number>();
  const columns: string[][] = [];
  for (const id of order.keys()) {
    const here = column.get(id) ?? 0;
    (columns[here] ??= []).push(id);
    for (const { to } of edgesOf(flow.nodes[id] ?? { kind: 'hangup' }))
      if (isForward(order, id, to)) column.set(to, Math.max(column.get(to) ?? 0, here + 1));
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

/**
 * The upper ends of the boxes of a column, in the order of where they want to be, none above another, and together as near to
 * it as can be (least squares: pool adjacent violators). Those that want nothing stand below.
 */
function stacked(boxes: readonly Box[]): readonly (readonly [string, number])[] {
  const sorted = [...boxes].sort((a, b) => (a.wanted === b.wanted ? 0 : a.wanted - b.wanted));
  let above = 0;
  const offsets = sorted.map(({ height }) => {
    const offset = above;
    above += height + GAP.along;
    return offset;
  });
  const pools: { sum: number; count: number }[] = [];
  sorted.forEach(({ height, wanted }, at) => {
    const shift = wanted - height / 2 - (offsets[at] ?? 0);
    const last = pools.at(-1);
    let pool = { sum: Number.isFinite(shift) ? shift : last ? last.sum / last.count : 0, count: 1 };
    for (
      let before = pools.at(-1);
      before && before.sum / before.count >= pool.sum / pool.count;
      before = pools.at(-1)
    ) {
      pool = { sum: pool.sum + before.sum, count: pool.count + before.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const shifts = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return sorted.map(({ id }, at) => [id, (shifts[at] ?? 0) + (offsets[at] ?? 0)]);
}
