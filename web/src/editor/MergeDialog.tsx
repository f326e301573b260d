import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Flow } from '../../../src/flow/schema.js';
import { Dialog } from '../kit/dialog.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';
import { readDraft, type DrawableDraft } from './flow-api.js';
import { canBeDrawn } from './flow-edit.js';
import { HEAD, mergeFlows, taking } from './merge.js';

interface Props {
  /** What ours was made from. */
  readonly base: DrawableDraft;
  readonly ours: Flow;
  readonly onMerged: (merged: Flow, theirs: DrawableDraft) => void;
  readonly onClose: () => void;
}

/** Somebody else has saved meanwhile: what they have changed is taken over, and where both have, it is asked. */
export function MergeDialog({ base, ours, onMerged, onClose }: Props) {
  const theirs = useQuery({ queryKey: ['their draft'], queryFn: readDraft, gcTime: 0, staleTime: Infinity });
  const there =
    theirs.data && canBeDrawn(theirs.data.document) ? { ...theirs.data, document: theirs.data.document } : undefined;
  return (
    <Dialog title={words.mergeTitle(theirs.data?.author ?? '')} onClose={onClose} wide>
      {theirs.error && <p className="problem">{inWords(theirs.error)}</p>}
      {theirs.data && !there && <p className="problem">{words.notDrawn}</p>}
      {there && <Choices base={base.document} ours={ours} theirs={there} onMerged={onMerged} onClose={onClose} />}
    </Dialog>
  );
}

interface ChoicesProps {
  readonly base: Flow;
  readonly ours: Flow;
  readonly theirs: DrawableDraft;
  readonly onMerged: (merged: Flow, theirs: DrawableDraft) => void;
  readonly onClose: () => void;
}

function Choices({ base, ours, theirs, onMerged, onClose }: ChoicesProps) {
  const merge = mergeFlows(base, ours, theirs.document);
  const [takeTheirs, setTakeTheirs] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string, isTheirs: boolean): void => {
    const next = new Set(takeTheirs);
    if (isTheirs) next.add(id);
    else next.delete(id);
    setTakeTheirs(next);
  };
  return (
    <>
      <p>{words.mergeTaken(merge.theirs.map(nameOf).join(', '))}</p>
      {merge.both.map((id) => (
        <fieldset key={id} className="merge-choice">
          <legend>
            <b>{nameOf(id)}</b> {words.mergeBoth}
          </legend>
          <Side
            title={words.ours}
            flow={ours}
            id={id}
            chosen={!takeTheirs.has(id)}
            onChoose={() => choose(id, false)}
          />
          <Side
            title={words.theirs(theirs.author ?? '')}
            flow={theirs.document}
            id={id}
            chosen={takeTheirs.has(id)}
            onChoose={() => choose(id, true)}
          />
        </fieldset>
      ))}
      <div className="row end">
        <button type="button" onClick={onClose}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="primary"
          onClick={() => onMerged(taking(merge.flow, theirs.document, [...takeTheirs]), theirs)}
        >
          {words.mergeSave}
        </button>
      </div>
    </>
  );
}

interface SideProps {
  readonly title: string;
  readonly flow: Flow;
  readonly id: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Side({ title, flow: { nodes, ...head }, id, chosen, onChoose }: SideProps) {
  const part = id === HEAD ? head : nodes[id];
  return (
    <div>
      <label>
        <input type="radio" name={`merge ${id}`} checked={chosen} onChange={onChoose} /> {title}
      </label>
      <pre className="diff">{part === undefined ? words.removed : JSON.stringify(part, undefined, 2)}</pre>
    </div>
  );
}

function nameOf(id: string): string {
  return id === HEAD ? words.wholeFlow : id;
}
