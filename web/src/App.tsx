import { useMemo } from 'react';
import { Header } from './Header.js';
import { LiveCalls } from './LiveCalls.js';
import { Login, Welcome } from './Login.js';
import { RecentCalls } from './RecentCalls.js';
import type { Session } from './api.js';
import { useLive } from './use-live.js';
import { useRecent } from './use-recent.js';
import { useSession } from './use-session.js';
import { words } from './words.js';

export function App() {
  const { state, enter, leave } = useSession();
  switch (state.type) {
    case 'loading':
      return <p className="quiet door">{words.loading}</p>;
    case 'out':
      return <Login onSession={enter} />;
    case 'invited':
      return <Welcome secret={state.secret} name={state.name} onSession={enter} />;
    case 'in':
      return <Desk session={state.session} onLeave={leave} />;
  }
}

function Desk({ session, onLeave }: { readonly session: Session; readonly onLeave: () => void }) {
  const live = useLive();
  const recent = useRecent(live.endedCalls);
  const liveIds = useMemo(() => new Set(live.calls.map(({ callId }) => callId)), [live.calls]);
  return (
    <>
      <Header live={live} session={session} onLeave={onLeave} />
      <main>
        <LiveCalls live={live} />
        <RecentCalls recent={recent} liveIds={liveIds} />
      </main>
    </>
  );
}
