import { useDeferredValue, useMemo, useState } from 'react';
import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import { KindIcon } from '../kit/kinds.js';
import { kindWords, words } from '../words/index.js';
import { OPEN_END } from './flow-edit.js';
import { labelOf } from './way-label.js';

interface Props {
  readonly flow: Flow;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** The same flow as a sheet, in the order in which a caller may come to the nodes: for people who do not draw, and for print. */
export function Outline({ flow, selected, onSelect }: Props) {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const ids = useMemo(
    () => inOrder(flow).filter((id) => `${id} ${JSON.stringify(flow.nodes[id])}`.toLowerCase().includes(wanted)),
    [flow, wanted],
  );
  return (
    <section className="sheet" aria-label={words.list}>
      <h2 className="print-only" dir="auto">
        {flow.name}
      </h2>
      <input
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <ol className="outline">
        {ids.map((id) => {
          const node = flow.nodes[id];
          return node && <Entry key={id} {...{ id, node, onSelect }} isSelected={id === selected} />;
        })}
      </ol>
      {ids.length === 0 && <p className="quiet">{words.nothingFound}</p>}
    </section>
  );
}

interface EntryProps {
  readonly id: string;
  readonly node: FlowNode;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}

function Entry({ id, node, isSelected, onSelect }: EntryProps) {
  return (
    <li className={isSelected ? 'selected' : ''}>
      <button type="button" className="entry" aria-current={isSelected} onClick={() => onSelect(id)}>
        <KindIcon kind={node.kind} /> <b>{id}</b> <span className="quiet">{kindWords[node.kind]}</span>
      </button>
      {'prompt' in node && <p dir="auto">{node.prompt}</p>}
      <table>
        <caption className="only-read">
          {words.ways}: {id}
        </caption>
        <tbody>
          {edgesOf(node).map(({ field, to }) => (
            <tr key={field}>
              <th scope="row">
                <bdi>{labelOf(node, field)}</bdi>
              </th>
              <td>
                {to === OPEN_END ? (
                  <span className="problem">{words.openEnd}</span>
                ) : (
                  <button type="button" className="link" onClick={() => onSelect(to)}>
                    {to}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </li>
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
