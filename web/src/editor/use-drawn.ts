import { MarkerType, Position } from '@xyflow/react';
import { useMemo, useRef } from 'react';
import { edgesOf } from '../../../src/flow/edges.js';
import type { Finding } from '../../../src/flow/finding.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import type { NodeFigures } from '../../../src/store/figures.js';
import { kindWords } from '../words/index.js';
import type { DrawnNodeType } from './DrawnNode.js';
import type { DrawnWayType } from './DrawnWay.js';
import { drawn, heightOf, NEW_WAY, rowsOf, shapeOf, wayTop, type Place } from './flow-layout.js';
import { layoutFlow, type Layout } from './layered-layout.js';

export interface DrawnInput {
  readonly flow: Flow;
  readonly findings: readonly Finding[];
  readonly selection: ReadonlySet<string>;
  /** The way that is chosen, as `node field`. */
  readonly chosenWay: string | undefined;
  /** Nodes that a simulated call has passed. */
  readonly passed: ReadonlySet<string>;
  /** How many calls are at a node now. */
  readonly liveAt: ReadonlyMap<string, number>;
  /** What was counted at each node. */
  readonly figures: ReadonlyMap<string, NodeFigures>;
}

/** What React Flow draws. A node that is as it was stays the same object, so that a keystroke draws one node anew, not all. */
export function useDrawn({ flow, findings, selection, chosenWay, passed, liveAt, figures }: DrawnInput) {
  const shape = shapeOf(flow);
  const layout = useMemo(() => layoutFlow(flow), [shape]);
  const { places } = layout;
  const kept = useRef(
    new Map<string, { readonly key: string; readonly node: FlowNode; readonly made: DrawnNodeType }>(),
  );
  const severities = useMemo(() => severityByNode(findings), [findings]);
  // Who comes from the keyboard lands on one node; from there arrows lead on.
  const entry = [...selection].at(-1) ?? flow.start;

  const nodes = Object.entries(flow.nodes).map(([id, node]) => {
    const place = places.get(id) ?? { x: 0, y: 0 };
    const severity = severities.get(id);
    const calls = liveAt.get(id) ?? 0;
    const flags = [id === flow.start, selection.has(id), id === entry, passed.has(id), severity, calls];
    const key = [place.x, place.y, ...flags].join(' ');
    const counted = figures.get(id);
    const before = kept.current.get(id);
    if (before?.key === key && before.node === node && before.made.data.counted === counted) return before.made;
    const made = drawnNode(id, node, place, {
      isStart: id === flow.start,
      selected: selection.has(id),
      focusable: id === entry,
      passed: passed.has(id),
      severity,
      calls,
      counted,
    });
    kept.current.set(id, { key, node, made });
    return made;
  });

  const edges = useMemo(() => waysOf(flow, layout, passed, chosenWay), [layout, passed, chosenWay]);
  return { nodes, edges, places };
}

interface Looks {
  readonly isStart: boolean;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly passed: boolean;
  readonly severity: 'error' | 'warning' | undefined;
  readonly calls: number;
  readonly counted: NodeFigures | undefined;
}

function drawnNode(id: string, node: FlowNode, place: Place, looks: Looks): DrawnNodeType {
  const { isStart, selected, focusable, passed, severity, calls, counted } = looks;
  const height = heightOf(node);
  const fields = rowsOf(node);
  const targets = new Map(edgesOf(node).map(({ field, to }) => [field, to]));
  const size = { width: drawn.width, height };
  return {
    id,
    type: 'drawn',
    position: place,
    ...size,
    // Known beforehand: nothing has to be measured before it can be drawn.
    measured: size,
    handles: [
      { type: 'target', position: Position.Left, x: 0, y: drawn.head / 2 },
      ...fields.map((field, row) => ({
        id: field,
        type: 'source' as const,
        position: Position.Right,
        x: drawn.width,
        y: wayTop(node, row),
      })),
    ],
    selected,
    focusable,
    className: ['drawn-node', passed ? 'passed' : '', severity ? `has-${severity}` : '', isStart ? 'start' : ''].join(
      ' ',
    ),
    ariaLabel: `${id}, ${kindWords[node.kind]}`,
    data: { node, rows: fields.map((field) => ({ field, to: targets.get(field) })), isStart, severity, calls, counted },
  };
}

function waysOf(
  flow: Flow,
  { routeOf }: Layout,
  passed: ReadonlySet<string>,
  chosenWay: string | undefined,
): DrawnWayType[] {
  return Object.entries(flow.nodes).flatMap(([source, node]) =>
    edgesOf(node)
      .filter(({ to, field }) => field !== NEW_WAY && Object.hasOwn(flow.nodes, to))
      .map(({ field, to }) => {
        const id = `${source} ${field}`;
        return {
          id,
          type: 'way' as const,
          data: { route: routeOf(source, to) },
          source,
          sourceHandle: field,
          target: to,
          selected: id === chosenWay,
          reconnectable: true,
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed },
          className: passed.has(source) && passed.has(to) ? 'passed' : '',
        };
      }),
  );
}

function severityByNode(findings: readonly Finding[]): ReadonlyMap<string, 'error' | 'warning'> {
  const worst = new Map<string, 'error' | 'warning'>();
  for (const { nodeId, severity } of findings)
    if (severity === 'error' || !worst.has(nodeId)) worst.set(nodeId, severity);
  return worst;
}
