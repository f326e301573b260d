import { useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import type { LiveState } from '../calls/live-state.js';
import { words } from '../words/index.js';
import { Editor, type Begun } from './Editor.js';
import { Findings } from './Findings.js';
import { useCheck, useDraft, type Draft } from './flow-api.js';
import { canBeDrawn } from './flow-edit.js';
import { keptDraft, type KeptDraft } from './kept-draft.js';

interface Props {
  readonly session: Session;
  readonly live: LiveState;
}

/** The draft of the flow: drawn, listed, edited, tried and published. */
export function FlowPage({ session, live }: Props) {
  const draft = useDraft();
  const kept = useKept();
  // What was kept counts for the draft that the page began with; one that comes after it was published begins anew.
  const firstLive = useRef<number>(undefined);
  const live_ = draft.data?.live;
  if (kept !== 'looking') firstLive.current ??= live_;
  const begun = useMemo(
    () => beginWith(draft.data, live_ === firstLive.current ? kept : undefined),
    [live_, draft.data?.revision === 0, draft.isError, kept],
  );
  if (kept === 'looking' || draft.isPending) return <p className="quiet">{words.loading}</p>;
  if (begun) return <Editor key={draft.data?.live ?? 'away'} begun={begun} session={session} live={live} />;
  if (draft.error) return <p className="problem">{inWords(draft.error)}</p>;
  return <Mistakes document={draft.data?.document} />;
}

/** What this browser has kept; `looking` until that is known. */
function useKept(): KeptDraft | undefined | 'looking' {
  const [kept, setKept] = useState<KeptDraft | undefined | 'looking'>('looking');
  useEffect(() => void keptDraft().then(setKept), []);
  return kept;
}

/** The server's draft, or what was left unsaved on this browser; undefined when neither can be drawn. */
function beginWith(draft: Draft | undefined, kept: KeptDraft | undefined | 'looking'): Begun | undefined {
  if (kept === 'looking') return undefined;
  const there = draft && canBeDrawn(draft.document) ? { ...draft, document: draft.document } : undefined;
  if (!kept || (there && there.document.id !== kept.flow.id))
    return there && { base: there, flow: there.document, origin: 'server' };
  const base = { revision: kept.revision, basedOn: kept.live, live: kept.live, document: kept.base };
  if (!there) return { base, flow: kept.flow, origin: 'kept' };
  // Its base is the server's draft still: then this one is it, and saving goes on from there.
  const isCurrent = there.revision === kept.revision && there.live === kept.live;
  return { base: isCurrent ? there : { ...base, live: there.live }, flow: kept.flow, origin: 'kept' };
}

/** Another document is no drawing: its mistakes are all that can be said of it. */
function Mistakes({ document }: { readonly document: unknown }) {
  const checked = useCheck(document);
  return (
    <main>
      <p>{words.notDrawn}</p>
      <Findings findings={[]} mistakes={checked.data?.mistakes ?? []} onSelect={() => undefined} />
    </main>
  );
}
