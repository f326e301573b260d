import { edgesOf } from '../../src/flow/edges.js';
import type { Flow } from '../../src/flow/schema.js';
import { labelOf } from './flow-layout.js';

interface Props {
  readonly flow: Flow;
  readonly selected: string | undefined;
  readonly search: string;
  readonly onSelect: (id: string) => void;
}

/** The same flow as a list, in the order in which a caller may come to the nodes: for people who do not draw, and for print. */
export function Outline({ flow, selected, search, onSelect }: Props) {
  const wanted = search.trim().toLowerCase();
  const ids = inOrder(flow).filter((id) => `${id} ${JSON.stringify(flow.nodes[id])}`.toLowerCase().includes(wanted));
  return (
    <ol className="outline">
      {ids.map((id) => {
        const node = flow.nodes[id];
        if (!node) return null;
        return (
          <li key={id}>
            <button type="button" aria-current={id === selected} onClick={() => onSelect(id)}>
              <b>{id}</b> <span className="quiet">{node.kind}</span>
            </button>
            {'prompt' in node && <p>{node.prompt}</p>}
            <ul>
              {edgesOf(node).map(({ field, to }) => (
                <li key={field}>
                  {labelOf(node, field)} → <b>{to}</b>
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}

function inOrder(flow: Flow): readonly string[] {
  const found = new Set<string>();
  const todo = [flow.start];
  for (let id = todo.shift(); id !== undefined; id = todo.shift()) {
    const node = flow.nodes[id];
    if (!node || found.has(id)) continue;
    found.add(id);
    todo.push(...edgesOf(node).map(({ to }) => to));
  }
  return [...found, ...Object.keys(flow.nodes).filter((id) => !found.has(id))];
}
