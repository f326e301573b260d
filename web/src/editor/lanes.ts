import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow } from '../../../src/flow/schema.js';

/**
 * A lane in which ways to a node run past the nodes of other columns. All ways to one node share theirs: one that leads
 * forward, one that leads back. Columns count from 0 at the left.
 */
export interface Lane {
  readonly to: string;
  readonly isBack: boolean;
  readonly first: number;
  readonly last: number;
}

/** So many places in lanes are there a node, on average; without the longest lanes beyond, whose ways run behind nodes. */
const PLACES_PER_NODE = 8;

/** Names a lane: no node is called so. */
export function laneKey(to: string, isBack: boolean): string {
  return `${isBack ? '←' : '→'} ${to}`;
}

/** Every lane that the ways of a flow need, by its key. Takes time in proportion to the ways. Pure. */
export function lanesOf(flow: Flow, columns: ReadonlyMap<string, number>): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const [from, node] of Object.entries(flow.nodes)) {
    for (const { to } of edgesOf(node)) {
      const lane = laneOf(to, columns.get(from), columns.get(to));
      if (!lane) continue;
      const key = laneKey(to, lane.isBack);
      const before = lanes.get(key) ?? lane;
      lanes.set(key, {
        ...lane,
        first: Math.min(before.first, lane.first),
        last: Math.max(before.last, lane.last),
      });
    }
  }
  return affordable(lanes, PLACES_PER_NODE * columns.size);
}

/** Forward from the column after the way's beginning to the one before its end; back over both of them. */
function laneOf(to: string, from: number | undefined, at: number | undefined): Lane | undefined {
  if (from === undefined || at === undefined) return undefined;
  if (at <= from) return { to, isBack: true, first: at, last: from };
  return at > from + 1 ? { to, isBack: false, first: from + 1, last: at - 1 } : undefined;
}

/** The shortest first, for as long as there are places. */
function affordable(lanes: ReadonlyMap<string, Lane>, places: number): ReadonlyMap<string, Lane> {
  const length = ({ first, last }: Lane): number => last - first + 1;
  let taken = 0;
  return new Map(
    [...lanes].sort(([, a], [, b]) => length(a) - length(b)).filter(([, lane]) => (taken += length(lane)) <= places),
  );
}
