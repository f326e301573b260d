import { useState } from 'react';
import type { Session } from '../kit/api.js';
import { WhyDialog } from '../kit/WhyDialog.js';
import { Canary } from './Canary.js';
import { DiffView } from './DiffView.js';
import { useDiff, useRollback, useVersions, type VersionHead } from '../editor/flow-api.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';

/** What went live, when, by whom and why; compare, and roll back. */
export function VersionsPage({ session }: { readonly session: Session }) {
  const versions = useVersions();
  const [compared, setCompared] = useState<number>();
  const [back, setBack] = useState<number>();
  const diff = useDiff(compared === undefined ? undefined : String(compared), 'live');
  // The newest may be a canary, which only some callers get.
  const live = versions.data?.find(({ origin }) => origin !== 'canary')?.version;
  return (
    <main>
      <h2>{words.versions}</h2>
      {versions.error && <p className="problem">{inWords(versions.error)}</p>}
      <table className="card">
        <thead>
          <tr>
            {[words.version, words.when, words.who, words.what, ''].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.data?.map((entry) => (
            <tr key={entry.version}>
              <th scope="row">
                {entry.version} {entry.version === live && <span className="chip">{words.isLive}</span>}
                {entry.origin === 'canary' && <span className="chip">{words.canary}</span>}
              </th>
              <td>{new Date(entry.publishedAtWallMs).toLocaleString()}</td>
              <td>{entry.author}</td>
              <td>{whyOf(entry)}</td>
              <td>
                <div className="row">
                  {entry.version !== live && (
                    <button type="button" onClick={() => setCompared(entry.version)}>
                      {words.compare}
                    </button>
                  )}
                  {entry.version !== live && session.may.includes('flow:publish') && (
                    <button type="button" onClick={() => setBack(entry.version)}>
                      {words.rollBack}
                    </button>
                  )}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Canary mayPublish={session.may.includes('flow:publish')} />
      {diff.error && <p className="problem">{inWords(diff.error)}</p>}
      {diff.data && <DiffView diff={diff.data} />}
      {back !== undefined && <RollbackDialog version={back} onClose={() => setBack(undefined)} />}
    </main>
  );
}

function RollbackDialog({ version, onClose }: { readonly version: number; readonly onClose: () => void }) {
  const rollback = useRollback();
  const diff = useDiff('live', String(version));
  return (
    <WhyDialog
      title={words.rollBackTitle(version)}
      action={words.rollBack}
      hindrance={undefined}
      problem={rollback.error ? inWords(rollback.error) : ''}
      busy={rollback.isPending}
      onConfirm={(why) => rollback.mutate({ version, why }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {diff.data && <DiffView diff={diff.data} />}
    </WhyDialog>
  );
}

function whyOf({ why, restores }: VersionHead): string {
  return restores === undefined ? why : `${why} (${words.restores(restores)})`;
}
