import { useMemo, useState } from 'react';
import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode } from '../../../src/flow/schema.js';
import type { NodeFigures } from '../../../src/store/figures.js';
import { KindIcon } from '../kit/kinds.js';
import { Labelled } from '../kit/labelled.js';
import { kindHints, kindWords, words } from '../words/index.js';
import { AllFields } from './panel/AllFields.js';
import { BranchFields, HoursFields } from './panel/kind-fields.js';
import { KnowledgeFields } from './panel/KnowledgeFields.js';
import { ListeningFields, listens } from './panel/ListeningFields.js';
import { NodeSelect } from './panel/NodeSelect.js';
import { OptionFields } from './panel/OptionFields.js';
import { PromptField } from './panel/PromptField.js';
import { RecordedContext } from './panel/recorded.js';
import { TranslationFields } from './panel/TranslationFields.js';
import { nodeFields } from './schema-form/node-fields.js';
import { SchemaFields } from './schema-form/SchemaFields.js';
import { CallMe } from './CallMe.js';
import { NodeCounts } from './NodeCounts.js';
import { mayBeNamed, withWay } from './flow-edit.js';
import { labelOf } from './way-label.js';

interface Props {
  readonly flow: Flow;
  readonly id: string;
  readonly node: FlowNode;
  readonly readOnly: boolean;
  /** Whether it may be tried by telephone. */
  readonly mayCall: boolean;
  readonly figures: NodeFigures | undefined;
  /** @param about the field: letters typed into one field are one step of undo */
  readonly onChange: (node: FlowNode, about?: string) => void;
  /** What it says in a further language. */
  readonly onText: (language: string, key: string, text: string) => void;
  /** The recording of a text in a language; undefined: the voice speaks it. */
  readonly onRecording: (language: string, text: string, name: string | undefined) => void;
  readonly onRename: (name: string) => void;
  readonly onStart: () => void;
  readonly onRemove: () => void;
}

/** One node, both faces side by side. */
export function NodePanel({
  flow,
  id,
  node,
  readOnly,
  mayCall,
  figures,
  onChange,
  onText,
  onRecording,
  onRename,
  onStart,
  onRemove,
}: Props) {
  const ids = Object.keys(flow.nodes);
  const recorded = useMemo(() => ({ flow, onRecording }), [flow, onRecording]);
  const { schema, first, more } = nodeFields(node.kind);
  const fields = (names: readonly string[]) => (
    <SchemaFields
      {...{ schema, names, ids }}
      path={[node.kind]}
      value={{ ...node }}
      // What a form has not filled in is told by the findings.
      onChange={(changed, about) => onChange(changed as unknown as FlowNode, about)}
    />
  );
  return (
    <RecordedContext value={recorded}>
      <fieldset className="node-panel" disabled={readOnly}>
        <legend className="only-read">{id}</legend>
        <header className={`panel-head kind-${node.kind}`}>
          <KindIcon kind={node.kind} />
          <div>
            <h2>
              <bdi>{id}</bdi>
            </h2>
            <p className="quiet">
              {kindWords[node.kind]}: {kindHints[node.kind]}
            </p>
          </div>
        </header>
        {figures && <NodeCounts figures={figures} />}
        {'prompt' in node && (
          <PromptField
            id="node-first"
            label={words.says}
            text={node.prompt ?? ''}
            onChange={(prompt) => onChange({ ...node, prompt } as FlowNode, 'prompt')}
          />
        )}
        {fields(first)}
        {node.kind === 'hours' && <HoursFields node={node} onChange={onChange} />}
        {node.kind === 'branch' && <BranchFields node={node} ids={ids} onChange={onChange} />}
        {node.kind === 'menu' && (
          <OptionFields
            options={node.options}
            languages={Object.keys(flow.languages ?? {})}
            ids={ids}
            onChange={(options, about) => onChange({ ...node, options }, about)}
          />
        )}
        {node.kind === 'converse' && (
          <>
            <KnowledgeFields node={node} onChange={onChange} />
            <OptionFields
              options={node.exits}
              languages={Object.keys(flow.languages ?? {})}
              ids={ids}
              onChange={(exits, about) => onChange({ ...node, exits }, about)}
            />
          </>
        )}
        {node.kind !== 'menu' && node.kind !== 'converse' && node.kind !== 'branch' && (
          <section className="ways" aria-label={words.ways}>
            {edgesOf(node).map(({ field, to }) => (
              <Labelled key={field} label={field === 'next' ? words.leadsTo : labelOf(node, field)}>
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
        {listens(node) && <ListeningFields node={node} onChange={onChange} />}
        {more.length > 0 && (
          <details open={more.some((name) => Object.hasOwn(node, name))}>
            <summary>{words.moreFields}</summary>
            {fields(more)}
          </details>
        )}
        <TranslationFields {...{ flow, id, node, onText }} />
        <details>
          <summary>{words.nameAndNote}</summary>
          <Rename flow={flow} id={id} onRename={onRename} />
          <Labelled label={words.note}>
            {(fieldId) => (
              <textarea
                id={fieldId}
                rows={2}
                value={node.note ?? ''}
                onChange={({ target }) => onChange(withNote(node, target.value), 'note')}
              />
            )}
          </Labelled>
        </details>
        <AllFields key={JSON.stringify(node)} node={node} onChange={onChange} />
        <div className="row">
          {flow.start !== id && (
            <button type="button" onClick={onStart}>
              {words.makeStart}
            </button>
          )}
          <button type="button" className="danger" onClick={onRemove}>
            {words.removeNode}
          </button>
        </div>
      </fieldset>
      {mayCall && <CallMe flow={flow} node={id} />}
    </RecordedContext>
  );
}

function Rename({ flow, id, onRename }: Pick<Props, 'flow' | 'id' | 'onRename'>) {
  const [name, setName] = useState(id);
  const mayBe = mayBeNamed(flow, id, name);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (mayBe) onRename(name);
      }}
    >
      <Labelled label={words.name} hint={words.nameRule}>
        {(fieldId) => (
          <span className="row together">
            <input
              id={fieldId}
              data-field="name"
              value={name}
              aria-invalid={!mayBe && name !== id}
              onChange={({ target }) => setName(target.value)}
            />
            <button type="submit" disabled={!mayBe}>
              {words.rename}
            </button>
          </span>
        )}
      </Labelled>
    </form>
  );
}

function withNote(node: FlowNode, note: string): FlowNode {
  const { note: _before, ...rest } = node;
  return (note === '' ? rest : { ...rest, note }) as FlowNode;
}
