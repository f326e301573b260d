import { useMemo } from 'react';
import { Header } from './Header.js';
import { LiveCalls } from './LiveCalls.js';
import { RecentCalls } from './RecentCalls.js';
import { useLive } from './use-live.js';
import { useRecent } from './use-recent.js';

export function App() {
  const live = useLive();
  const recent = useRecent(live.endedCalls);
  const liveIds = useMemo(() => new Set(live.calls.map(({ callId }) => callId)), [live.calls]);
  return (
    <>
      <Header live={live} />
      <main>
        <LiveCalls live={live} />
        <RecentCalls recent={recent} liveIds={liveIds} />
      </main>
    </>
  );
}
