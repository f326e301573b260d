import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { AccessPage } from './access/AccessPage.js';
import { AuditPage } from './access/AuditPage.js';
import { Login, Welcome } from './access/Login.js';
import { useSession } from './access/use-session.js';
import { CallbacksPage } from './callbacks/CallbacksPage.js';
import { LiveCalls } from './calls/LiveCalls.js';
import { RecentCalls } from './calls/RecentCalls.js';
import { useLive } from './calls/use-live.js';
import { useRecent } from './calls/use-recent.js';
import { draftQuery } from './editor/flow-api.js';
import type { Session } from './kit/api.js';
import { Header } from './line/Header.js';
import { LinePage } from './line/LinePage.js';
import { PromptsPage } from './prompts/PromptsPage.js';
import { ImportPage } from './versions/ImportPage.js';
import { VersionsPage } from './versions/VersionsPage.js';
import { words } from './words/index.js';

const client = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } });
/** The drawing is the biggest part of the page: loaded when it is looked at. */
const loadFlowPage = () => import('./editor/FlowPage.js');
const FlowPage = lazy(async () => ({ default: (await loadFlowPage()).FlowPage }));
// Whoever comes to it at once need not wait until it is known who they are; what fails here is asked again when it is shown.
if (location.hash === '#/flow') {
  loadFlowPage().catch(() => undefined);
  void client.prefetchQuery(draftQuery);
}

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

const places = ['calls', 'callbacks', 'flow', 'prompts', 'versions', 'line', 'access', 'audit', 'import'] as const;
type Place = (typeof places)[number];

/** What a place needs; the others are for everybody who is logged in. */
const needs: Readonly<Partial<Record<Place, Session['may'][number]>>> = {
  access: 'access:manage',
  audit: 'audit:read',
  import: 'flow:edit',
};

function Desk({ session, onLeave }: { readonly session: Session; readonly onLeave: () => void }) {
  const live = useLive();
  const may = (place: Place): boolean => needs[place] === undefined || session.may.includes(needs[place]);
  const place = usePlace(may);
  useEffect(() => void (document.title = `${words[place]} · Handrail`), [place]);
  return (
    <>
      <a className="skip" href="#content" onClick={skip}>
        {words.skip}
      </a>
      <Header live={live} session={session} onLeave={onLeave}>
        <nav aria-label={words.pages}>
          {places
            .filter((name) => name !== 'import' && may(name))
            .map((name) => (
              <a key={name} href={`#/${name}`} aria-current={name === place ? 'page' : undefined}>
                {words[name]}
              </a>
            ))}
        </nav>
      </Header>
      <div id="content" tabIndex={-1}>
        <Suspense fallback={<p className="quiet">{words.loading}</p>}>
          {place === 'calls' && <Calls live={live} session={session} />}
          {place === 'callbacks' && <CallbacksPage live={live} session={session} />}
          {place === 'flow' && <FlowPage session={session} live={live} />}
          {place === 'prompts' && <PromptsPage session={session} />}
          {place === 'versions' && <VersionsPage session={session} />}
          {place === 'line' && <LinePage live={live} session={session} />}
          {place === 'access' && <AccessPage session={session} />}
          {place === 'audit' && <AuditPage />}
          {place === 'import' && <ImportPage />}
        </Suspense>
      </div>
    </>
  );
}

/** The address says which page this is: the hash is not free for jumps. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Calls({ live, session }: { readonly live: ReturnType<typeof useLive>; readonly session: Session }) {
  const recent = useRecent(live.endedCalls);
  const liveIds = useMemo(() => new Set(live.calls.map(({ callId }) => callId)), [live.calls]);
  return (
    <main>
      <LiveCalls live={live} session={session} />
      <RecentCalls recent={recent} liveIds={liveIds} mayListen={session.may.includes('calls:record')} />
    </main>
  );
}

function usePlace(may: (place: Place) => boolean): Place {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const name = hash.replace(/^#\//, '');
  return places.find((place) => place === name && may(place)) ?? 'calls';
}
