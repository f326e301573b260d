import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { FlowNode } from '../../../src/flow/schema.js';
import type { NodeFigures } from '../../../src/store/figures.js';
import { KindIcon } from '../kit/kinds.js';
import { kindWords, words } from '../words/index.js';
import { OPEN_END } from './flow-edit.js';
import { NEW_WAY } from './flow-layout.js';
import { countsInShort } from './NodeCounts.js';
import { labelOf } from './way-label.js';

export interface DrawnData extends Record<string, unknown> {
  readonly node: FlowNode;
  /** Its ways, as handles; the last may be the one for a new way. */
  readonly rows: readonly { readonly field: string; readonly to: string | undefined }[];
  readonly isStart: boolean;
  readonly severity: 'error' | 'warning' | undefined;
  /** Calls that are here now. */
  readonly calls: number;
  readonly counted: NodeFigures | undefined;
}

export type DrawnNodeType = Node<DrawnData, 'drawn'>;

/** One node: what it is, what callers hear, and a row with a handle for each way out. */
export const DrawnNode = memo(function DrawnNode({ id, data, isConnectable }: NodeProps<DrawnNodeType>) {
  const { node, rows, isStart, severity, calls, counted } = data;
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={isConnectable} />
      <div className={`drawn-head kind-${node.kind}`}>
        <KindIcon kind={node.kind} />
        <b>{id}</b>
        <span className="drawn-kind">{isStart ? words.startsHere : kindWords[node.kind]}</span>
        {severity && (
          <span
            className={`mark ${severity}`}
            role="img"
            aria-label={severity === 'error' ? words.error : words.warning}
          >
            !
          </span>
        )}
        {calls > 0 && (
          <span className="live-dot" role="img" aria-label={words.callsHere(calls)}>
            {calls}
          </span>
        )}
      </div>
      {'prompt' in node && (
        <div className="drawn-prompt" dir="auto">
          {node.prompt}
        </div>
      )}
      {rows.map(({ field, to }) => (
        <div key={field} className={`drawn-way${to === OPEN_END ? ' open' : ''}${field === NEW_WAY ? ' new' : ''}`}>
          <bdi>{field === NEW_WAY ? words.newWay : labelOf(node, field)}</bdi>
          <Handle type="source" id={field} position={Position.Right} isConnectable={isConnectable} />
        </div>
      ))}
      {counted && <div className="drawn-counts">{countsInShort(counted)}</div>}
    </>
  );
});
