import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import { projectRoot } from '../../../src/kernel/paths.js';
import { drawn, heightOf, type Place } from './flow-layout.js';
import { lanesOf } from './lanes.js';
import { columnX, layoutFlow, type Route } from './layered-layout.js';
import { wayPath } from './way-path.js';

const cafe = JSON.parse(readFileSync(join(projectRoot, 'flows/cafe.json'), 'utf8')) as Flow;

const say = (next: string): FlowNode => ({ kind: 'say', prompt: 'Hello.', next });

/** Menus, each with as many ways as it is given ends. */
function tangled(count: number, ends: (at: number) => readonly number[]): Flow {
  const id = (at: number): string => `n${String(at % count)}`;
  const nodes = Object.fromEntries(
    Array.from({ length: count }, (_, at): [string, FlowNode] => [
      id(at),
      {
        kind: 'menu',
        prompt: 'Which?',
        options: ends(at).map((to, key) => ({
          id: `o${String(key)}`,
          label: 'way',
          key: String(key + 1),
          phrases: [],
          next: id(to),
        })),
      },
    ]),
  );
  return { ...cafe, start: 'n0', nodes };
}

describe.each([
  ['the café', cafe],
  [
    'a tangle of 200 nodes',
    tangled(200, (at) => [Math.min(199, 3 * at + 1), Math.min(199, 3 * at + 2), 199 - (at % 5), 0]),
  ],
])('the ways of %s', (_name, flow) => {
  const { places, routeOf } = layoutFlow(flow);
  const column = (id: string): number => (places.get(id)?.x ?? NaN) / columnX(1);
  const ways = Object.entries(flow.nodes).flatMap(([from, node]) => edgesOf(node).map(({ to }) => ({ from, to })));

  test('have a lane wherever they do not just lead into the next column', () => {
    for (const { from, to } of ways) {
      const route = routeOf(from, to);
      const [here, there] = [column(from), column(to)];
      expect(route === undefined, `${from} → ${to}`).toBe(there === here + 1);
      if (!route) continue;
      expect([route.from, route.to]).toEqual(there <= here ? [here, there] : [here + 1, there - 1]);
    }
  });

  test('run behind no node', () => {
    const boxes = [...places].map(([id, { x, y }]) => ({ id, x, y, end: y + heightOf(flow.nodes[id] ?? say('')) }));
    const routes = ways.flatMap(({ from, to }) => passed(routeOf(from, to)));
    expect(routes.length).toBeGreaterThan(10);
    const hidden = routes.filter(({ at, y }) => boxes.some((box) => box.x === columnX(at) && y > box.y && y < box.end));
    expect(hidden).toEqual([]);
  });
});

function passed(route: Route | undefined): readonly { readonly at: number; readonly y: number }[] {
  if (!route) return [];
  const [first, last] = [Math.min(route.from, route.to), Math.max(route.from, route.to)];
  return Array.from({ length: last - first + 1 }, (_, n) => ({ at: first + n, y: route.yAt(first + n) }));
}

test('ways to one node share their lane', () => {
  const fork: FlowNode = { kind: 'tool', method: 'GET', url: 'https://a.example', results: [], next: 'c', failed: 'a' };
  const { routeOf } = layoutFlow({ ...cafe, start: 'a', nodes: { a: say('b'), b: fork, c: say('a') } });
  const [fromB, fromC] = [routeOf('b', 'a'), routeOf('c', 'a')];
  expect(fromC).toMatchObject({ isBack: true, from: 2, to: 0 });
  expect(fromB).toMatchObject({ isBack: true, from: 1, to: 0 });
  expect([fromB?.yAt(0), fromB?.yAt(1)]).toEqual([fromC?.yAt(0), fromC?.yAt(1)]);
});

test('there are never more places in lanes than are in proportion to the nodes', () => {
  const flow = tangled(1_000, (at) => [at + 1, 7 * at + 5, 0]);
  const columns = new Map(Object.keys(flow.nodes).map((id, at) => [id, at]));
  const taken = [...lanesOf(flow, columns).values()].reduce((sum, { first, last }) => sum + last - first + 1, 0);
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThanOrEqual(8_000);
});

describe('the line of a way', () => {
  const lane = 500;
  const route = (part: Pick<Route, 'isBack' | 'from' | 'to'>): Route => ({ ...part, yAt: () => lane });
  const right = (column: number): Place => ({ x: columnX(column) + drawn.width, y: 10 });
  const left = (column: number): Place => ({ x: columnX(column), y: 20 });

  test('is level beside the nodes that it passes', () => {
    const path = wayPath(right(0), left(3), route({ isBack: false, from: 1, to: 2 }));
    expect(path.match(/H[\d.]+/g)).toEqual([`H${String(right(1).x)}`, `H${String(right(2).x)}`]);
    expect(path.startsWith(`M${String(right(0).x)}.0,10.0`)).toBe(true);
    expect(path.endsWith(` ${String(left(3).x)}.0,20.0`)).toBe(true);
  });

  test('turns round where it leads back, and ends towards its node', () => {
    const path = wayPath(right(2), left(1), route({ isBack: true, from: 2, to: 1 }));
    expect(path.match(/H[\d.]+/g)).toEqual([`H${String(left(2).x)}`, `H${String(left(1).x)}`]);
    const bends = [...path.matchAll(/C([\d.]+),\S+ ([\d.]+),/g)].map(([, first, second]) => [
      Number(first),
      Number(second),
    ]);
    const [out = [], , home = []] = bends;
    expect(bends).toHaveLength(3);
    expect(Math.min(...out)).toBeGreaterThan(right(2).x);
    expect(Math.max(...home)).toBeLessThan(left(1).x);
  });
});
