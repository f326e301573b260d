import { useId, useState, type ReactNode } from 'react';
import { edgesOf } from '../../src/flow/edges.js';
import type { Flow, FlowNode, Option } from '../../src/flow/schema.js';
import { withWay } from './flow-edit.js';
import { labelOf } from './flow-layout.js';
import { words } from './words.js';

interface Props {
  readonly flow: Flow;
  readonly id: string;
  readonly node: FlowNode;
  readonly readOnly: boolean;
  readonly onChange: (node: FlowNode) => void;
  readonly onRemove: () => void;
}

/** One node, both faces side by side. What has no field of its own here is in the JSON. */
export function NodePanel({ flow, id, node, readOnly, onChange, onRemove }: Props) {
  const ids = Object.keys(flow.nodes);
  return (
    <fieldset className="node-panel" disabled={readOnly}>
      <legend>
        <b>{id}</b> <span className="quiet">{node.kind}</span>
      </legend>
      {'prompt' in node && (
        <Labelled label={words.says}>
          {(fieldId) => (
            <textarea
              id={fieldId}
              rows={3}
              value={node.prompt ?? ''}
              onChange={({ target }) => onChange({ ...node, prompt: target.value } as FlowNode)}
            />
          )}
        </Labelled>
      )}
      {node.kind === 'transfer' && (
        <Labelled label={words.extension}>
          {(fieldId) => (
            <input id={fieldId} value={node.to} onChange={({ target }) => onChange({ ...node, to: target.value })} />
          )}
        </Labelled>
      )}
      {node.kind === 'menu' && (
        <Faces node={node} options={node.options} ids={ids} onChange={(options) => onChange({ ...node, options })} />
      )}
      {node.kind === 'converse' && (
        <Faces node={node} options={node.exits} ids={ids} onChange={(exits) => onChange({ ...node, exits })} />
      )}
      {'keyPrompt' in node || node.kind === 'menu' || node.kind === 'converse' ? (
        <KeyPrompt node={node} onChange={onChange} />
      ) : null}
      {node.kind !== 'menu' && node.kind !== 'converse' && (
        <section aria-label={words.ways}>
          {edgesOf(node).map(({ field, to }) => (
            <Labelled key={field} label={labelOf(node, field) || words.leadsTo}>
              {(fieldId) => (
                <NodeSelect
                  id={fieldId}
                  ids={ids}
                  value={to}
                  onChange={(next) => onChange(withWay(node, field, next))}
                />
              )}
            </Labelled>
          ))}
        </section>
      )}
      <AllFields key={JSON.stringify(node)} node={node} onChange={onChange} />
      <button type="button" className="danger" onClick={onRemove}>
        {words.removeNode}
      </button>
    </fieldset>
  );
}

interface FacesProps {
  readonly node: FlowNode;
  readonly options: readonly Option[];
  readonly ids: readonly string[];
  readonly onChange: (options: Option[]) => void;
}

function Faces({ options, ids, onChange }: FacesProps) {
  const change = (index: number, part: Partial<Option>): void =>
    onChange(options.map((option, at) => (at === index ? { ...option, ...part } : option)));
  const add = (): void => {
    const taken = new Set(options.map(({ key }) => key));
    const key = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].find((free) => !taken.has(free));
    const next = options[0]?.next ?? ids[0] ?? '';
    if (key)
      onChange([...options, { id: `option${key}`, label: `option ${key}`, key, phrases: [`option ${key}`], next }]);
  };
  return (
    <section aria-label={words.options}>
      {options.map((option, index) => (
        <div className="option" key={index} role="group" aria-label={option.label}>
          <Labelled label={`${words.byVoice}: ${words.phrases}`}>
            {(fieldId) => (
              <textarea
                id={fieldId}
                rows={3}
                value={option.phrases.join('\n')}
                onChange={({ target }) => change(index, { phrases: target.value.split('\n') })}
              />
            )}
          </Labelled>
          <div>
            <Labelled label={`${words.byKeys}: ${words.key}`}>
              {(fieldId) => (
                <input
                  id={fieldId}
                  maxLength={1}
                  value={option.key}
                  onChange={({ target }) => change(index, { key: target.value })}
                />
              )}
            </Labelled>
            <Labelled label={words.label}>
              {(fieldId) => (
                <input
                  id={fieldId}
                  value={option.label}
                  onChange={({ target }) => change(index, { label: target.value })}
                />
              )}
            </Labelled>
          </div>
          <div>
            <Labelled label={words.leadsTo}>
              {(fieldId) => (
                <NodeSelect id={fieldId} ids={ids} value={option.next} onChange={(next) => change(index, { next })} />
              )}
            </Labelled>
            <button
              type="button"
              aria-label={`${words.removeOption}: ${option.label}`}
              onClick={() => onChange(options.filter((_option, at) => at !== index))}
            >
              {words.removeOption}
            </button>
          </div>
        </div>
      ))}
      <button type="button" disabled={options.length >= 9} onClick={add}>
        {words.addOption}
      </button>
    </section>
  );
}

function KeyPrompt({ node, onChange }: Pick<Props, 'node' | 'onChange'>) {
  const value = 'keyPrompt' in node ? (node.keyPrompt ?? '') : '';
  return (
    <Labelled label={`${words.keysSay} (${words.keysMade})`}>
      {(fieldId) => (
        <textarea
          id={fieldId}
          rows={2}
          value={value}
          onChange={({ target }) => {
            const { keyPrompt: _before, ...rest } = node as FlowNode & { keyPrompt?: string };
            onChange((target.value === '' ? rest : { ...rest, keyPrompt: target.value }) as FlowNode);
          }}
        />
      )}
    </Labelled>
  );
}

function AllFields({ node, onChange }: Pick<Props, 'node' | 'onChange'>) {
  const [text, setText] = useState(() => JSON.stringify(node, undefined, 2));
  const [problem, setProblem] = useState('');
  const apply = (): void => {
    try {
      onChange(JSON.parse(text) as FlowNode);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <details>
      <summary>{words.allFields}</summary>
      <textarea
        aria-label={words.allFields}
        className="json"
        rows={14}
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <p className="problem" role="alert">
        {problem}
      </p>
      <button type="button" onClick={apply}>
        {words.apply}
      </button>
    </details>
  );
}

interface NodeSelectProps {
  readonly id: string;
  readonly ids: readonly string[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function NodeSelect({ id, ids, value, onChange }: NodeSelectProps) {
  return (
    <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
      {!ids.includes(value) && <option value={value}>{value} ?</option>}
      {ids.map((known) => (
        <option key={known}>{known}</option>
      ))}
    </select>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
