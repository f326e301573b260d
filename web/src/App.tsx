import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Header } from './Header.js';
import { LiveCalls } from './LiveCalls.js';
import { Login, Welcome } from './Login.js';
import { RecentCalls } from './RecentCalls.js';
import type { Session } from './api.js';
import { useLive } from './use-live.js';
import { useRecent } from './use-recent.js';
import { useSession } from './use-session.js';
import { VersionsPage } from './VersionsPage.js';
import { words } from './words.js';

const client = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } });
/** The drawing is the biggest part of the page: loaded when it is looked at. */
const FlowPage = lazy(async () => ({ default: (await import('./FlowPage.js')).FlowPage }));

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
      return (
        <QueryClientProvider client={client}>
          <Desk session={state.session} onLeave={leave} />
        </QueryClientProvider>
      );
  }
}

const places = { calls: words.calls, flow: words.flow, versions: words.versions } as const;
type Place = keyof typeof places;

function Desk({ session, onLeave }: { readonly session: Session; readonly onLeave: () => void }) {
  const live = useLive();
  const place = usePlace();
  return (
    <>
      <Header live={live} session={session} onLeave={onLeave} />
      <nav aria-label={words.pages}>
        {Object.entries(places).map(([name, text]) => (
          <a key={name} href={`#/${name}`} aria-current={name === place ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <Suspense fallback={<p className="quiet">{words.loading}</p>}>
        {place === 'calls' && <Calls live={live} />}
        {place === 'flow' && <FlowPage session={session} />}
        {place === 'versions' && <VersionsPage session={session} />}
      </Suspense>
    </>
  );
}

function Calls({ live }: { readonly live: ReturnType<typeof useLive> }) {
  const recent = useRecent(live.endedCalls);
  const liveIds = useMemo(() => new Set(live.calls.map(({ callId }) => callId)), [live.calls]);
  return (
    <main>
      <LiveCalls live={live} />
      <RecentCalls recent={recent} liveIds={liveIds} />
    </main>
  );
}

function usePlace(): Place {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const name = hash.replace(/^#\//, '');
  return name in places ? (name as Place) : 'calls';
}
