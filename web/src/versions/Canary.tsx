import { useState } from 'react';
import type { CanaryRecord } from '../../../src/flow/canary-book.js';
import { useDraft } from '../editor/flow-api.js';
import { inWords } from '../kit/in-words.js';
import { WhyDialog } from '../kit/WhyDialog.js';
import { canaryEndWords, figureWords, words } from '../words/index.js';
import { useCanary, useCanaryAct } from './canary-api.js';
import { CanaryDialog } from './CanaryDialog.js';
import { CanaryFigures } from './CanaryFigures.js';

/** A second version for some callers: begun, watched beside the live one, given to all or taken back. */
export function Canary({ mayPublish }: { readonly mayPublish: boolean }) {
  const { data: report, error } = useCanary();
  const draft = useDraft();
  const [asking, setAsking] = useState<'begin' | 'promote' | 'stop'>();
  const running = report && !report.canary.end ? report : undefined;
  const revision = draft.data?.revision ?? 0;
  return (
    <section aria-labelledby="canary-title">
      <h2 id="canary-title">{words.canary}</h2>
      <p className="quiet">{words.canaryLine}</p>
      {error && <p className="problem">{inWords(error)}</p>}
      {report?.canary.end && (
        <p className="notice" role="status">
          {words.canaryEnded(report.canary.version, canaryEndWords[report.canary.end.how], report.canary.end.why)}
        </p>
      )}
      {running && (
        <div className="card">
          <p>
            <b>{words.canaryRuns(running.canary.version, sharePercent(running.canary))}</b>{' '}
            {running.canary.callers.length > 0 && words.canaryNumbers(running.canary.callers.join(', '))}{' '}
            <span className="quiet">
              {running.canary.author}: <bdi>{running.canary.why}</bdi>
            </span>
          </p>
          <p>{guardOf(running.canary)}</p>
          {running.figures && <CanaryFigures version={running.canary.version} figures={running.figures} />}
        </div>
      )}
      {mayPublish && (
        <div className="row">
          {running ? (
            <>
              <button type="button" className="primary" onClick={() => setAsking('promote')}>
                {words.promote}
              </button>
              <button type="button" className="danger" onClick={() => setAsking('stop')}>
                {words.stopCanary}
              </button>
            </>
          ) : (
            <button type="button" disabled={revision === 0} onClick={() => setAsking('begin')}>
              {words.beginCanary}
            </button>
          )}
          {!running && revision === 0 && <span className="quiet">{words.noDraftToTry}</span>}
        </div>
      )}
      {asking === 'begin' && <CanaryDialog revision={revision} onClose={() => setAsking(undefined)} />}
      {(asking === 'promote' || asking === 'stop') && running && (
        <EndDialog type={asking} version={running.canary.version} onClose={() => setAsking(undefined)} />
      )}
    </section>
  );
}

interface EndProps {
  readonly type: 'promote' | 'stop';
  readonly version: number;
  readonly onClose: () => void;
}

function EndDialog({ type, version, onClose }: EndProps) {
  const act = useCanaryAct();
  return (
    <WhyDialog
      title={`${type === 'promote' ? words.promote : words.stopCanary}: ${String(version)}`}
      action={type === 'promote' ? words.promote : words.stopCanary}
      hindrance={undefined}
      problem={act.error ? inWords(act.error) : ''}
      busy={act.isPending}
      onConfirm={(why) => act.mutate({ type, why }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>{type === 'promote' ? words.promoteLine : words.stopLine}</p>
    </WhyDialog>
  );
}

function sharePercent({ share }: CanaryRecord): number {
  return Math.round(share * 1_000) / 10;
}

function guardOf({ guard }: CanaryRecord): string {
  if (!guard) return words.noGuard;
  const isTime = guard.figure === 'p95Ms';
  const limit = isTime ? `${String(guard.worseBy)} ms` : words.points(Math.round(guard.worseBy * 1_000) / 10);
  return words.guarded(figureWords[guard.figure], limit, guard.minCalls);
}
