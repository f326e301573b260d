import type { StoredCall } from '../../src/store/port.js';
import { Conversation } from './Conversation.js';
import { duration, endingWords, lineQuality, maskedNumber, timeOfDay } from './format.js';
import type { Recent } from './use-recent.js';
import { WaterfallLegend } from './Waterfall.js';

interface Props {
  readonly recent: Recent;
  /** Calls that are shown above. */
  readonly liveIds: ReadonlySet<string>;
}

export function RecentCalls({ recent, liveIds }: Props) {
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title">Recent calls</h2>
      <List recent={recent} liveIds={liveIds} />
    </section>
  );
}

function List({ recent, liveIds }: Props) {
  switch (recent.type) {
    case 'loading':
      return <p className="quiet">Reading…</p>;
    case 'failed':
      return <p className="card bad">The calls could not be read: {recent.why}</p>;
    case 'loaded': {
      const calls = recent.calls.filter(({ callId }) => !liveIds.has(callId));
      if (calls.length === 0) return <p className="quiet">None yet.</p>;
      return (
        <>
          <WaterfallLegend />
          <ul className="recent">
            {calls.map((call) => (
              <Row key={call.callId} call={call} />
            ))}
          </ul>
        </>
      );
    }
  }
}

function Row({ call }: { readonly call: StoredCall }) {
  const { callerNumber, startedAtWallMs, endedAtWallMs, ending, turns, flowId, flowVersion, media } = call;
  return (
    <li>
      <details className="card">
        <summary>
          <time dateTime={new Date(startedAtWallMs).toISOString()}>{timeOfDay(startedAtWallMs)}</time>
          <b>{maskedNumber(callerNumber)}</b>
          <span className="quiet">
            {turns.length} {turns.length === 1 ? 'turn' : 'turns'} · {flowId} v{flowVersion}
          </span>
          <span className={`chip ending-${ending ?? 'open'}`}>{ending ? endingWords[ending] : 'not ended'}</span>
          <span className="duration">
            {endedAtWallMs === undefined ? '' : duration(endedAtWallMs - startedAtWallMs)}
          </span>
        </summary>
        <Conversation turns={turns} />
        {media && <p className="quiet">{lineQuality(media)}</p>}
      </details>
    </li>
  );
}
