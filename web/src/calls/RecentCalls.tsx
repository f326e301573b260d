import { useState } from 'react';
import type { StoredCall } from '../../../src/store/port.js';
import { Conversation } from './Conversation.js';
import { endingWords, words } from '../words/index.js';
import { duration, lineQuality, maskedNumber, timeOfDay } from './format.js';
import { Recordings } from './Recordings.js';
import type { Recent } from './use-recent.js';
import { WaterfallLegend } from './Waterfall.js';

interface Props {
  readonly recent: Recent;
  /** Calls that are shown above. */
  readonly liveIds: ReadonlySet<string>;
  readonly mayListen: boolean;
}

export function RecentCalls(props: Props) {
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title">{words.recentCalls}</h2>
      <List {...props} />
    </section>
  );
}

function List({ recent, liveIds, mayListen }: Props) {
  switch (recent.type) {
    case 'loading':
      return <p className="quiet">{words.loading}</p>;
    case 'failed':
      return <p className="card bad">{words.callsFailed(recent.why)}</p>;
    case 'loaded': {
      const calls = recent.calls.filter(({ callId }) => !liveIds.has(callId));
      if (calls.length === 0) return <p className="quiet">{words.noCalls}</p>;
      return (
        <>
          <WaterfallLegend />
          <ul className="recent">
            {calls.map((call) => (
              <Row key={call.callId} call={call} mayListen={mayListen} />
            ))}
          </ul>
        </>
      );
    }
  }
}

function Row({ call, mayListen }: { readonly call: StoredCall; readonly mayListen: boolean }) {
  const { callerNumber, startedAtWallMs, endedAtWallMs, ending, turns, flowId, flowVersion, media } = call;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details className="card" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time dateTime={new Date(startedAtWallMs).toISOString()}>{timeOfDay(startedAtWallMs)}</time>
          <b>{maskedNumber(callerNumber)}</b>
          <span className="quiet">{words.turnsOf(turns.length, flowId, flowVersion)}</span>
          <span className={`chip ending-${ending ?? 'open'}`}>{ending ? endingWords[ending] : words.notEnded}</span>
          <span className="duration">
            {endedAtWallMs === undefined ? '' : duration(endedAtWallMs - startedAtWallMs)}
          </span>
        </summary>
        {open && <Conversation turns={turns} />}
        {open && mayListen && <Recordings callId={call.callId} />}
        {media && <p className="quiet">{lineQuality(media)}</p>}
      </details>
    </li>
  );
}
