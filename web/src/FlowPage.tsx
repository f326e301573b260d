import { useCallback, useDeferredValue, useState } from 'react';
import type { Finding } from '../../src/flow/finding.js';
import type { Flow, NodeKind } from '../../src/flow/schema.js';
import type { Session } from './api.js';
import { Canvas } from './Canvas.js';
import { WhyDialog } from './Dialog.js';
import { DiffView } from './DiffView.js';
import { useCheck, useDiff, useDraft, usePublish, useSaveDraft, type Draft } from './flow-api.js';
import { canBeDrawn, newKinds, withNewNode, withNode, withoutNode } from './flow-edit.js';
import { inWords } from './Login.js';
import { NodePanel } from './NodePanel.js';
import { Outline } from './Outline.js';
import { Simulator } from './Simulator.js';
import { useDraftEdit } from './use-draft-edit.js';
import { words } from './words.js';

/** The draft of the flow: drawn, listed, edited, tried and published. */
export function FlowPage({ session }: { readonly session: Session }) {
  const draft = useDraft();
  if (draft.error) return <p className="problem">{inWords(draft.error)}</p>;
  if (!draft.data) return <p className="quiet">{words.loading}</p>;
  const { document } = draft.data;
  if (!canBeDrawn(document)) return <Mistakes document={document} />;
  // A draft that was published or dropped elsewhere begins a new page.
  return (
    <Editor
      key={draft.data.live}
      draft={draft.data}
      flow={document}
      session={session}
      onReload={() => void draft.refetch()}
    />
  );
}

interface EditorProps {
  readonly draft: Draft;
  readonly flow: Flow;
  readonly session: Session;
  readonly onReload: () => void;
}

function Editor({ draft, flow: begin, session, onReload }: EditorProps) {
  const { flow, canUndo, canRedo, change, undo, redo } = useDraftEdit(begin);
  const [selected, setSelected] = useState<string | undefined>(flow.start);
  const [view, setView] = useState<'drawing' | 'list'>('drawing');
  const [search, setSearch] = useState('');
  const [publishing, setPublishing] = useState(false);
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  const checked = useCheck(useDeferredValue(flow));
  const save = useSaveDraft();
  const mayEdit = session.may.includes('flow:edit');
  const unsaved = flow !== draft.document;
  const onPath = useCallback((ids: readonly string[]) => setPassed(new Set(ids)), []);
  const node = selected === undefined ? undefined : flow.nodes[selected];
  const add = (kind: NodeKind): void => {
    const added = withNewNode(flow, kind);
    change(added.flow);
    setSelected(added.id);
  };
  return (
    <main className="editor">
      <div className="row toolbar" role="toolbar" aria-label={words.flow}>
        <button type="button" aria-pressed={view === 'drawing'} onClick={() => setView('drawing')}>
          {words.drawing}
        </button>
        <button type="button" aria-pressed={view === 'list'} onClick={() => setView('list')}>
          {words.list}
        </button>
        {mayEdit && (
          <>
            <button type="button" disabled={!canUndo} onClick={undo}>
              {words.undo}
            </button>
            <button type="button" disabled={!canRedo} onClick={redo}>
              {words.redo}
            </button>
            <select aria-label={words.addNode} value="" onChange={({ target }) => add(target.value as NodeKind)}>
              <option value="">{words.addNode}</option>
              {newKinds.map((kind) => (
                <option key={kind}>{kind}</option>
              ))}
            </select>
            <button
              type="button"
              disabled={!unsaved || save.isPending}
              onClick={() => save.mutate({ revision: draft.revision, document: flow })}
            >
              {words.save}
            </button>
          </>
        )}
        {session.may.includes('flow:publish') && (
          <button type="button" disabled={draft.revision === 0 && !unsaved} onClick={() => setPublishing(true)}>
            {words.publish}
          </button>
        )}
        <span className="quiet" role="status">
          {words.draftState(draft.revision, draft.live)}
        </span>
      </div>
      {save.error && (
        <p className="problem" role="alert">
          {inWords(save.error)}{' '}
          <button type="button" onClick={onReload}>
            {words.loadTheirs}
          </button>
        </p>
      )}
      <div className="editor-columns">
        <div>
          {view === 'drawing' ? (
            <Canvas
              flow={flow}
              findings={checked.data?.findings ?? []}
              selected={selected}
              passed={passed}
              onSelect={setSelected}
            />
          ) : (
            <>
              <input
                type="search"
                aria-label={words.search}
                placeholder={words.search}
                value={search}
                onChange={({ target }) => setSearch(target.value)}
              />
              <Outline flow={flow} selected={selected} search={search} onSelect={setSelected} />
            </>
          )}
          <Findings findings={checked.data?.findings} mistakes={checked.data?.mistakes} onSelect={setSelected} />
        </div>
        <div>
          {selected !== undefined && node ? (
            <NodePanel
              key={selected}
              flow={flow}
              id={selected}
              node={node}
              readOnly={!mayEdit}
              onChange={(changed) => change(withNode(flow, selected, changed))}
              onRemove={() => change(withoutNode(flow, selected))}
            />
          ) : (
            <p className="quiet">{words.chooseNode}</p>
          )}
          <Simulator flow={flow} onPath={onPath} />
        </div>
      </div>
      {publishing && <PublishDialog draft={draft} unsaved={unsaved} onClose={() => setPublishing(false)} />}
    </main>
  );
}

interface PublishProps {
  readonly draft: Draft;
  readonly unsaved: boolean;
  readonly onClose: () => void;
}

function PublishDialog({ draft, unsaved, onClose }: PublishProps) {
  const publish = usePublish();
  const diff = useDiff('live', draft.revision === 0 ? undefined : 'draft');
  const unchanged = diff.data?.changes.length === 0;
  return (
    <WhyDialog
      title={words.publishTitle}
      action={words.publishNow}
      hindrance={unsaved ? words.saveFirst : unchanged ? words.nothingChanged : undefined}
      problem={inWords(publish.error ?? diff.error ?? '')}
      busy={publish.isPending}
      onConfirm={(why) => publish.mutate({ revision: draft.revision, why }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {diff.data && <DiffView diff={diff.data} />}
    </WhyDialog>
  );
}

interface FindingsProps {
  readonly findings: readonly Finding[] | undefined;
  readonly mistakes: readonly { readonly where: string; readonly what: string }[] | undefined;
  readonly onSelect: (id: string) => void;
}

function Findings({ findings = [], mistakes = [], onSelect }: FindingsProps) {
  return (
    <section className="card" aria-label={words.findings}>
      <h3>{words.findings}</h3>
      {findings.length + mistakes.length === 0 && <p className="quiet">{words.noFindings}</p>}
      <ul className="findings" aria-live="polite">
        {mistakes.map(({ where, what }) => (
          <li key={`${where} ${what}`}>
            <span className="chip has-error">{words.error}</span> <code>{where}</code> {what}
          </li>
        ))}
        {findings.map(({ nodeId, code, severity, message, mend }) => (
          <li key={`${nodeId} ${code} ${message}`}>
            <span className={`chip has-${severity}`}>{severity === 'error' ? words.error : words.warning}</span>{' '}
            <button type="button" className="link" onClick={() => onSelect(nodeId)}>
              {nodeId}
            </button>{' '}
            {message} <span className="quiet">{mend}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mistakes({ document }: { readonly document: unknown }) {
  const checked = useCheck(document);
  return (
    <main>
      <p>{words.notDrawn}</p>
      <Findings findings={[]} mistakes={checked.data?.mistakes} onSelect={() => undefined} />
    </main>
  );
}
