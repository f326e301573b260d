import {
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  type Connection,
  type NodeChange,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useEffect, useRef, type DragEvent, type KeyboardEvent, type RefObject } from 'react';
import type { NodeKind } from '../../../src/flow/schema.js';
import { chosenTheme } from '../kit/look.js';
import { kindWords, words } from '../words/index.js';
import { DrawnNode, type DrawnNodeType } from './DrawnNode.js';
import { DrawnWay, type DrawnWayType } from './DrawnWay.js';
import { drawn, neighbour, type Direction } from './flow-layout.js';
import { KIND_DRAG } from './Palette.js';
import { useDrawn, type DrawnInput } from './use-drawn.js';
import '@xyflow/react/dist/style.css';

/** One end of a way, as it is drawn by hand or by keys. */
export interface WayEnd {
  readonly from: string;
  /** As `edgesOf` writes it, or `NEW_WAY`. */
  readonly field: string;
}

interface Props extends DrawnInput {
  readonly readOnly: boolean;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onChooseWay: (way: string | undefined) => void;
  readonly onConnect: (way: WayEnd, to: string) => void;
  /** A way was drawn into the empty: what shall stand there? */
  readonly onConnectNew: (way: WayEnd) => void;
  readonly onAdd: (kind: NodeKind) => void;
  /** A key that is no movement. @returns whether it was one of ours */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

const nodeTypes = { drawn: DrawnNode };
const edgeTypes = { way: DrawnWay };
/** Of more nodes only those in sight are drawn. */
const DRAW_ALL_UP_TO = 150;
/** Smaller than this a drawing is not legible: then it begins with its start, and the rest is a matter of moving. */
const LEGIBLE = 0.6;
const fitting = { padding: 0.06, maxZoom: 1 } as const;
const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The flow as a drawing: nodes placed by themselves, ways drawn from handle to handle, everything by keys too. */
export function Canvas(props: Props) {
  const { flow, selection, readOnly, onSelect, onChooseWay, onConnect, onConnectNew, onAdd, onKey } = props;
  const { nodes, edges, places } = useDrawn(props);
  const sight = useRef<ReactFlowInstance<DrawnNodeType, DrawnWayType> | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const selected = [...selection].at(-1);

  /** Brings a node into sight, where it is not. */
  const show = (id: string | undefined): void => {
    const place = id === undefined ? undefined : places.get(id);
    const view = sight.current;
    if (!place || !view) return;
    const { x, y, zoom } = view.getViewport();
    const [left, top] = [place.x * zoom + x, place.y * zoom + y];
    const isInSight =
      left >= 0 &&
      top >= 0 &&
      left + drawn.width * zoom <= size.current.width &&
      top + 80 * zoom <= size.current.height;
    if (!isInSight) void view.setCenter(place.x + drawn.width / 2, place.y + 60, { zoom: Math.max(zoom, 0.6) });
  };
  useEffect(() => show(selected), [selected, places]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = arrows[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      if (onKey(event)) event.preventDefault();
      return;
    }
    event.preventDefault();
    const next = neighbour(places, selected, direction);
    if (next === undefined) return;
    onSelect(event.shiftKey ? new Set([...selection, next]) : new Set([next]));
    // When it has been drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => nodeElement(frame.current, next)?.focus()));
  };

  const onNodesChange = (changes: NodeChange<DrawnNodeType>[]): void => {
    const next = new Set(selection);
    for (const change of changes) {
      if (change.type !== 'select') continue;
      next.delete(change.id);
      if (change.selected) next.add(change.id);
    }
    if (next.size !== selection.size || [...next].some((id) => !selection.has(id))) onSelect(next);
  };

  const connect = ({ source, sourceHandle, target }: Connection): void =>
    onConnect({ from: source, field: sourceHandle ?? '' }, target);

  const drop = (event: DragEvent): void => {
    const kind = event.dataTransfer.getData(KIND_DRAG);
    if (!(kind in kindWords)) return;
    event.preventDefault();
    onAdd(kind as NodeKind);
  };

  return (
    <div
      className="canvas"
      ref={frame}
      role="group"
      // An empty drawing has no node that could have the focus.
      tabIndex={nodes.length === 0 ? 0 : -1}
      aria-label={words.drawing}
      aria-describedby="canvas-keys"
      onKeyDown={onKeyDown}
      onDragOver={(event) => event.dataTransfer.types.includes(KIND_DRAG) && event.preventDefault()}
      onDrop={drop}
    >
      <p id="canvas-keys" className="only-read">
        {words.canvasKeys}
      </p>
      <ReactFlow<DrawnNodeType, DrawnWayType>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(instance) => {
          sight.current = instance;
          if (isLegible(instance.getNodesBounds(nodes), frame.current)) void instance.fitView(fitting);
          else void instance.setViewport(beginning(places.get(flow.start), frame.current));
        }}
        minZoom={0.05}
        colorMode={chosenTheme()}
        onlyRenderVisibleElements={nodes.length > DRAW_ALL_UP_TO}
        nodesDraggable={false}
        nodesConnectable={!readOnly}
        edgesReconnectable={!readOnly}
        disableKeyboardA11y
        deleteKeyCode={null}
        connectionRadius={30}
        onNodesChange={onNodesChange}
        onEdgeClick={(_event, { id }) => onChooseWay(id)}
        onPaneClick={() => onChooseWay(undefined)}
        onConnect={connect}
        onReconnect={({ source, sourceHandle }, to) =>
          onConnect({ from: source, field: sourceHandle ?? '' }, to.target)
        }
        onConnectEnd={(_event, { isValid, fromHandle, toNode }) => {
          if (isValid !== true && !toNode && fromHandle?.type === 'source')
            onConnectNew({ from: fromHandle.nodeId, field: fromHandle.id ?? '' });
        }}
      >
        <Background gap={22} />
        <MiniMap<DrawnNodeType>
          pannable
          zoomable
          ariaLabel={words.miniMap}
          nodeClassName={({ data }) => `kind-${data.node.kind}`}
        />
        <Controls showInteractive={false} fitViewOptions={fitting} />
      </ReactFlow>
    </div>
  );
}

/** How big an element is, known without asking: a question in the midst of changes makes the browser lay out everything at once. */
function useSize(of: RefObject<HTMLElement | null>) {
  const size = useRef({ width: Infinity, height: Infinity });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) size.current = entry.contentRect;
    });
    if (of.current) observer.observe(of.current);
    return () => observer.disconnect();
  }, [of]);
  return size;
}

/** Whether all of a drawing fits into the sight and can still be read. */
function isLegible(drawing: { readonly width: number; readonly height: number }, frame: HTMLElement | null): boolean {
  const { width = 0, height = 0 } = frame?.getBoundingClientRect() ?? {};
  return Math.min(width / drawing.width, height / drawing.height) >= LEGIBLE;
}

/** A big flow begins with its start at the left of the sight. */
function beginning(start: { readonly x: number; readonly y: number } | undefined, frame: HTMLElement | null) {
  const zoom = 0.75;
  const height = frame?.clientHeight ?? 600;
  return { x: 24 - (start?.x ?? 0) * zoom, y: height / 2.5 - (start?.y ?? 0) * zoom, zoom };
}

function nodeElement(frame: HTMLElement | null, id: string): HTMLElement | null {
  return frame?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`) ?? null;
}
