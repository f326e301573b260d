import { Background, Controls, MarkerType, MiniMap, ReactFlow, type Edge, type Node } from '@xyflow/react';
import { useMemo } from 'react';
import type { Finding } from '../../src/flow/finding.js';
import type { Flow } from '../../src/flow/schema.js';
import { layoutFlow, nodeSize } from './flow-layout.js';
import '@xyflow/react/dist/style.css';

interface Props {
  readonly flow: Flow;
  readonly findings: readonly Finding[];
  readonly selected: string | undefined;
  /** Nodes that a simulated call has passed. */
  readonly passed: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
}

/** The flow as a drawing: nodes placed by themselves, ways with their labels. */
export function Canvas({ flow, findings, selected, passed, onSelect }: Props) {
  const { nodes, ways } = useMemo(() => layoutFlow(flow), [flow]);
  const drawnNodes: Node[] = nodes.map(({ id, node, x, y }) => ({
    id,
    position: { x, y },
    width: nodeSize.width,
    height: nodeSize.height,
    selected: id === selected,
    className: [
      'drawn-node',
      `kind-${node.kind}`,
      passed.has(id) ? 'passed' : '',
      worst(findings, id),
      id === flow.start ? 'start' : '',
    ].join(' '),
    data: { label: <NodeFace id={id} kind={node.kind} text={'prompt' in node ? (node.prompt ?? '') : ''} /> },
    ariaLabel: `${id}, ${node.kind}`,
  }));
  const drawnWays: Edge[] = ways.map(({ id, from, to, label }) => ({
    id,
    source: from,
    target: to,
    label,
    markerEnd: { type: MarkerType.ArrowClosed },
    animated: passed.has(from) && passed.has(to),
  }));
  return (
    <div className="canvas">
      <ReactFlow
        nodes={drawnNodes}
        edges={drawnWays}
        fitView
        minZoom={0.05}
        colorMode="system"
        nodesDraggable={false}
        nodesConnectable={false}
        onNodeClick={(_event, { id }) => onSelect(id)}
        onSelectionChange={({ nodes: [first] }) => first && first.id !== selected && onSelect(first.id)}
      >
        <Background />
        <MiniMap pannable zoomable />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function NodeFace({ id, kind, text }: { readonly id: string; readonly kind: string; readonly text: string }) {
  return (
    <>
      <b>{id}</b> <span className="quiet">{kind}</span>
      <span className="drawn-prompt">{text}</span>
    </>
  );
}

function worst(findings: readonly Finding[], id: string): string {
  const mine = findings.filter(({ nodeId }) => nodeId === id);
  if (mine.some(({ severity }) => severity === 'error')) return 'has-error';
  return mine.length > 0 ? 'has-warning' : '';
}
