import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Imported } from '../../../src/flow/import/index.js';
import { useDraft, useSaveDraft } from '../editor/flow-api.js';
import { keepDraft } from '../editor/kept-draft.js';
import { api } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { Labelled } from '../kit/labelled.js';
import { words } from '../words/index.js';

/** An old menu, FreePBX’s or a dialplan’s, looked at and taken as the draft. */
export function ImportPage() {
  const [text, setText] = useState('');
  const [entry, setEntry] = useState('');
  const draft = useDraft();
  const save = useSaveDraft();
  const client = useQueryClient();
  const look = useMutation({
    mutationFn: () =>
      api<Imported>('/api/flow/import', {
        method: 'POST',
        body: {
          text,
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          ...(entry === '' ? {} : { entry }),
        },
      }),
  });
  const take = async ({ flow }: Imported): Promise<void> => {
    await save.mutateAsync({ revision: draft.data?.revision ?? 0, document: flow });
    // What was on the drawing's page belongs to the draft of before.
    await keepDraft(undefined);
    await client.invalidateQueries({ queryKey: ['draft'] });
    location.hash = '#/flow';
  };
  const error = look.error ?? save.error;
  return (
    <main>
      <h1>{words.import}</h1>
      <p className="quiet">{words.importLine}</p>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          look.mutate();
        }}
      >
        <Labelled label={words.importFile}>
          {(id) => (
            <input
              id={id}
              type="file"
              accept=".conf,.json,.txt"
              onChange={({ target }) => void target.files?.[0]?.text().then(setText)}
            />
          )}
        </Labelled>
        <Labelled label={words.importText}>
          {(id) => (
            <textarea
              id={id}
              className="json"
              rows={12}
              required
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Labelled>
        <Labelled label={words.importEntry} hint={words.importEntryHint}>
          {(id) => <input id={id} value={entry} onChange={({ target }) => setEntry(target.value)} />}
        </Labelled>
        <button type="submit" className="primary" disabled={look.isPending}>
          {words.importNow}
        </button>
      </form>
      {error && <Problem of={error} />}
      {look.data && (
        <section className="card" aria-label={words.leftOut}>
          <p>{words.importResult(Object.keys(look.data.flow.nodes).length)}</p>
          {look.data.leftOut.length === 0 ? (
            <p>{words.nothingLeftOut}</p>
          ) : (
            <>
              <h2>{words.leftOut}</h2>
              <ul>
                {look.data.leftOut.map(({ where, what }) => (
                  <li key={`${where} ${what}`}>
                    <code>{where}</code> <bdi>{what}</bdi>
                  </li>
                ))}
              </ul>
            </>
          )}
          <button type="button" className="primary" onClick={() => void take(look.data)}>
            {words.importTake}
          </button>
        </section>
      )}
    </main>
  );
}
