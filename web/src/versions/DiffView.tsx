import type { FlowDiff } from '../../../src/flow/diff.js';
import { words } from '../words/index.js';

/** What is different, by node and as text. */
export function DiffView({ diff }: { readonly diff: FlowDiff }) {
  if (diff.changes.length === 0) return <p className="quiet">{words.same}</p>;
  return (
    <>
      <ul className="changes">
        {diff.changes.map(({ nodeId, type, fields, ways }) => (
          <li key={nodeId}>
            <span className={`chip change-${type}`}>{sign[type]}</span> <b>{nodeId}</b>{' '}
            <span className="quiet">{fields.map(({ field }) => field).join(', ')}</span>
            {[...ways.removed.map((way) => `− ${way}`), ...ways.added.map((way) => `+ ${way}`)].map((way) => (
              <div key={way}>{way}</div>
            ))}
          </li>
        ))}
      </ul>
      <pre className="diff">
        {diff.text.split('\n').map((line, index) => (
          <span key={index} className={lineClass[line.charAt(0)] ?? ''}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
    </>
  );
}

const sign = { added: '+', removed: '−', changed: '~' } as const;
const lineClass: Readonly<Record<string, string>> = { '+': 'line-added', '-': 'line-removed', '@': 'quiet' };
