import * as Tabs from '@radix-ui/react-tabs';
import { useCallback, useMemo, useState } from 'react';
import type { Flow, NodeKind } from '../../../src/flow/schema.js';
import type { LiveState } from '../calls/live-state.js';
import { ApiError, type Session } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { useSettled } from '../kit/use-settled.js';
import { Simulator } from '../simulator/Simulator.js';
import { words } from '../words/index.js';
import { Canvas, type WayEnd } from './Canvas.js';
import { Findings } from './Findings.js';
import { useCheck, useSaveDraft, type DrawableDraft } from './flow-api.js';
import {
  emptied,
  withNewNode,
  withNewWay,
  withNode,
  withoutNodes,
  withRenamed,
  withWay,
  OPEN_END,
} from './flow-edit.js';
import { NEW_WAY } from './flow-layout.js';
import { withRecording } from './flow-recordings.js';
import { withText } from './flow-texts.js';
import { FlowPanel } from './FlowPanel.js';
import { MergeDialog } from './MergeDialog.js';
import { NodePanel } from './NodePanel.js';
import { Outline } from './Outline.js';
import { Palette } from './Palette.js';
import { Pickers, type Picking } from './Pickers.js';
import { PublishDialog } from './PublishDialog.js';
import { ShortcutsDialog } from './ShortcutsDialog.js';
import { Toolbar } from './Toolbar.js';
import { useClipboard } from './use-clipboard.js';
import { useDraftEdit } from './use-draft-edit.js';
import { useFigures, type CountedHours } from './use-figures.js';
import { useKeeping } from './use-keeping.js';
import { canvasKey, useGlobalKeys } from './use-keys.js';

/** What the page begins with, and the draft that it was made from. */
export interface Begun {
  readonly base: DrawableDraft;
  readonly flow: Flow;
  readonly origin: 'server' | 'kept';
}

interface Props {
  readonly begun: Begun;
  readonly session: Session;
  readonly live: LiveState;
}

const CHECK_AFTER_MS = 250;
type Panel = 'node' | 'try' | 'findings' | 'flow';

/** Draws, lists, changes, tries and publishes one flow. */
export function Editor({ begun, session, live }: Props) {
  const { flow, canUndo, canRedo, change, undo, redo } = useDraftEdit(begun.flow);
  const [base, setBase] = useState(begun.base);
  const [selection, setSelection] = useState<ReadonlySet<string>>(() => new Set([flow.start]));
  const [chosenWay, setChosenWay] = useState<string>();
  const [panel, setPanel] = useState<Panel>('node');
  const [view, setView] = useState<'drawing' | 'list'>('drawing');
  const [picking, setPicking] = useState<Picking>();
  const [open, setOpen] = useState<'publish' | 'keys'>();
  const [passed, setPassed] = useState<ReadonlySet<string>>(new Set());
  const [hours, setHours] = useState<CountedHours>(0);
  const figures = useFigures(hours);
  const save = useSaveDraft();
  const checked = useCheck(useSettled(flow, CHECK_AFTER_MS));
  const { findings = [], mistakes = [] } = checked.data ?? {};
  const readOnly = !session.may.includes('flow:edit');
  const unsaved = flow !== base.document;
  useKeeping(flow, base);

  const selected = [...selection].at(-1);
  const node = selected === undefined ? undefined : flow.nodes[selected];
  const select = useCallback((ids: ReadonlySet<string>): void => {
    setSelection(ids);
    setChosenWay(undefined);
  }, []);
  const show = (id: string): void => {
    select(new Set([id]));
    setPanel(Object.hasOwn(flow.nodes, id) ? 'node' : 'flow');
  };
  const onPath = useCallback((ids: readonly string[]) => setPassed(new Set(ids)), []);
  const liveAt = useMemo(() => countByNode(live), [live.calls]);
  useClipboard({ flow, selection, readOnly, change, select });

  const add = (kind: NodeKind, from?: WayEnd): void => {
    const added = withNewNode(flow, kind);
    change(from ? connected(added.flow, from, added.id) : added.flow);
    select(new Set([added.id]));
    setPanel('node');
  };
  const remove = (): void => {
    if (readOnly) return;
    if (chosenWay !== undefined) {
      const [from = '', field = ''] = chosenWay.split(' ');
      change(connected(flow, { from, field }, OPEN_END));
      setChosenWay(undefined);
    } else if (selection.size > 0) {
      change(withoutNodes(flow, selection));
      select(new Set());
    }
  };
  const saveNow = (document: Flow = flow, revision: number = base.revision): void => {
    if (readOnly || save.isPending) return;
    save.mutate(
      { revision, document },
      { onSuccess: (saved) => setBase({ ...base, revision: saved.revision, document }) },
    );
  };
  useGlobalKeys({ undo, redo, save: () => unsaved && saveNow(), find: () => setPicking({ type: 'find' }) });

  const isConflict = save.error instanceof ApiError && save.error.status === 409;
  return (
    <main className="editor">
      <Toolbar
        view={view}
        readOnly={readOnly}
        canUndo={canUndo}
        canRedo={canRedo}
        unsaved={unsaved}
        saving={save.isPending}
        draft={base}
        mayPublish={session.may.includes('flow:publish')}
        canPublish={base.revision > 0 || unsaved}
        hours={hours}
        onHours={setHours}
        onView={setView}
        onUndo={undo}
        onRedo={redo}
        onFind={() => setPicking({ type: 'find' })}
        onKeys={() => setOpen('keys')}
        onEmpty={() => {
          change(emptied(flow));
          select(new Set());
          setPanel('flow');
        }}
        onSave={() => saveNow()}
        onPublish={() => setOpen('publish')}
      />
      {begun.origin === 'kept' && unsaved && (
        <p className="notice" role="status">
          {words.keptHere}{' '}
          <button type="button" onClick={() => change(base.document)}>
            {words.throwAway}
          </button>
        </p>
      )}
      {save.error && !isConflict && (
        <p className="problem notice" role="alert">
          {inWords(save.error)} {words.isKept}
        </p>
      )}
      <div className={`editor-columns${readOnly || view === 'list' ? ' narrow' : ''}`}>
        {!readOnly && view === 'drawing' && <Palette onAdd={(kind) => add(kind)} />}
        {view === 'drawing' ? (
          <Canvas
            flow={flow}
            findings={findings}
            selection={selection}
            chosenWay={chosenWay}
            passed={passed}
            liveAt={liveAt}
            figures={figures}
            readOnly={readOnly}
            onSelect={(ids) => {
              select(ids);
              if (ids.size > 0 && panel === 'flow') setPanel('node');
            }}
            onChooseWay={setChosenWay}
            onConnect={(way, to) => change(connected(flow, way, to))}
            onConnectNew={(way) => setPicking({ type: 'add', from: way })}
            onAdd={(kind) => add(kind)}
            onKey={(event) =>
              canvasKey(event, {
                remove,
                add: () => !readOnly && setPicking({ type: 'add' }),
                connect: () => !readOnly && selected !== undefined && setPicking({ type: 'way', from: selected }),
                find: () => setPicking({ type: 'find' }),
                edit: () => {
                  setPanel('node');
                  requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-field=node-first]')?.focus());
                },
                rename: () => {
                  setPanel('node');
                  requestAnimationFrame(focusName);
                },
                none: () => select(new Set()),
                all: () => select(new Set(Object.keys(flow.nodes))),
                keys: () => setOpen('keys'),
              })
            }
          />
        ) : (
          <Outline flow={flow} selected={selected} onSelect={show} />
        )}
        <Tabs.Root className="side" value={panel} onValueChange={(value) => setPanel(value as Panel)}>
          <Tabs.List className="tabs" aria-label={words.panels}>
            <Tabs.Trigger value="node">{words.node}</Tabs.Trigger>
            <Tabs.Trigger value="try">{words.simulator}</Tabs.Trigger>
            <Tabs.Trigger value="findings">
              {words.findings}{' '}
              <span className={`count ${mood(findings, mistakes)}`}>{findings.length + mistakes.length}</span>
            </Tabs.Trigger>
            <Tabs.Trigger value="flow">{words.wholeFlow}</Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="node" tabIndex={-1}>
            {selected !== undefined && node ? (
              <NodePanel
                key={selected}
                flow={flow}
                id={selected}
                node={node}
                readOnly={readOnly}
                mayCall={session.may.includes('calls:control')}
                figures={figures.get(selected)}
                onChange={(changed, about) =>
                  change(withNode(flow, selected, changed), about && `${selected} ${about}`)
                }
                onText={(language, key, text) =>
                  change(withText(flow, language, selected, key, text), `${selected} ${language} ${key}`)
                }
                onRecording={(language, text, name) => change(withRecording(flow, language, text, name))}
                onRename={(name) => {
                  change(withRenamed(flow, selected, name));
                  select(new Set([name]));
                }}
                onStart={() => change({ ...flow, start: selected })}
                onRemove={remove}
              />
            ) : (
              <p className="quiet hint">{Object.keys(flow.nodes).length === 0 ? words.drawFirst : words.chooseNode}</p>
            )}
          </Tabs.Content>
          <Tabs.Content value="try" tabIndex={-1}>
            <Simulator flow={flow} mayEdit={!readOnly} onPath={onPath} />
          </Tabs.Content>
          <Tabs.Content value="findings" tabIndex={-1}>
            <Findings findings={findings} mistakes={mistakes} onSelect={show} />
          </Tabs.Content>
          <Tabs.Content value="flow" tabIndex={-1}>
            <FlowPanel flow={flow} readOnly={readOnly} onChange={change} />
          </Tabs.Content>
        </Tabs.Root>
      </div>
      {picking && (
        <Pickers
          picking={picking}
          flow={flow}
          onPicking={setPicking}
          onFound={show}
          onAdd={add}
          onConnect={(way, to) => change(connected(flow, way, to))}
        />
      )}
      {open === 'publish' && <PublishDialog draft={base} unsaved={unsaved} onClose={() => setOpen(undefined)} />}
      {open === 'keys' && <ShortcutsDialog onClose={() => setOpen(undefined)} />}
      {isConflict && (
        <MergeDialog
          base={base}
          ours={flow}
          onClose={() => save.reset()}
          onMerged={(merged, theirs) => {
            change(merged);
            setBase(theirs);
            saveNow(merged, theirs.revision);
          }}
        />
      )}
    </main>
  );
}

/** The flow with one way led elsewhere, or with a new one. */
function connected(flow: Flow, { from, field }: WayEnd, to: string): Flow {
  const node = flow.nodes[from];
  if (!node) return flow;
  const led = field === NEW_WAY ? withNewWay(node, to) : withWay(node, field, to);
  return led ? withNode(flow, from, led) : flow;
}

function countByNode({ calls }: LiveState): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { nodeId } of calls) if (nodeId !== undefined) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  return counts;
}

function mood(findings: readonly { readonly severity: string }[], mistakes: readonly unknown[]): string {
  if (mistakes.length > 0 || findings.some(({ severity }) => severity === 'error')) return 'bad';
  return findings.length > 0 ? 'warn' : 'good';
}

/** The name's field may be in a part of the panel that is shut. */
function focusName(): void {
  const field = document.querySelector<HTMLInputElement>('[data-field=name]');
  field?.closest('details')?.setAttribute('open', '');
  field?.select();
}
