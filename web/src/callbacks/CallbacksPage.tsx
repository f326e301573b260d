import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CallbackRequest } from '../../../src/store/callbacks.js';
import type { LiveState } from '../calls/live-state.js';
import { api, ApiError, type Session } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { callbackWords, words } from '../words/index.js';

interface Props {
  readonly live: LiveState;
  readonly session: Session;
}

/** What is on its way to people comes on without anybody’s doing here. */
const AGAIN_MS = 15_000;

/** Callers who want to be called: whom, about what, whether others were told of it, and who has called back. */
export function CallbacksPage({ live, session }: Props) {
  const [open, setOpen] = useState(true);
  const requests = useQuery({
    // A call that has ended may have left one.
    queryKey: ['callbacks', open, live.endedCalls],
    queryFn: () => api<readonly CallbackRequest[]>(`/api/callbacks?open=${String(open)}`),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const client = useQueryClient();
  const done = useMutation({
    mutationFn: (id: number) => api(`/api/callbacks/${String(id)}/done`, { method: 'POST', body: {} }),
    // Somebody else may have been faster: then too.
    onSettled: () => client.invalidateQueries({ queryKey: ['callbacks'] }),
  });
  const error = requests.error ?? (isTaken(done.error) ? undefined : done.error);
  const rows = requests.data ?? [];
  return (
    <main>
      <h1>{words.callbacks}</h1>
      <div className="row">
        <p className="quiet">{callbackWords.hint}</p>
        <div className="switch" role="group" aria-label={callbackWords.which}>
          {[true, false].map((one) => (
            <button key={String(one)} type="button" aria-pressed={open === one} onClick={() => setOpen(one)}>
              {one ? callbackWords.open : callbackWords.all}
            </button>
          ))}
        </div>
      </div>
      <Problem of={error} />
      {requests.data?.length === 0 && <p className="card">{callbackWords.none}</p>}
      {rows.length > 0 && (
        <table className="card callbacks">
          <caption className="only-read">{words.callbacks}</caption>
          <thead>
            <tr>
              <th scope="col">{words.when}</th>
              <th scope="col">{callbackWords.number}</th>
              <th scope="col">{callbackWords.about}</th>
              <th scope="col">{callbackWords.told}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((request) => (
              <Row
                key={request.id}
                request={request}
                mayChange={session.may.includes('calls:control')}
                busy={done.isPending}
                onDone={() => done.mutate(request.id)}
              />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

interface RowProps {
  readonly request: CallbackRequest;
  readonly mayChange: boolean;
  readonly busy: boolean;
  readonly onDone: () => void;
}

function Row({ request, mayChange, busy, onDone }: RowProps) {
  const { about, atWallMs, delivery, doneAtWallMs, doneBy = '', number } = request;
  return (
    <tr>
      <td>
        <Moment wallMs={atWallMs} />
      </td>
      <th scope="row">
        <a href={`tel:${encodeURIComponent(number)}`}>{number}</a>
      </th>
      <td>
        <bdi>{about}</bdi>
      </td>
      <td className={`delivery ${delivery ?? ''}`}>
        {delivery === undefined ? callbackWords.nobodyTold : callbackWords.deliveries[delivery]}
      </td>
      <td>
        {doneAtWallMs !== undefined && (
          <span className="quiet">
            {callbackWords.doneBy(doneBy)} <Moment wallMs={doneAtWallMs} />
          </span>
        )}
        {doneAtWallMs === undefined && mayChange && (
          <button type="button" aria-label={`${callbackWords.done}: ${number}`} disabled={busy} onClick={onDone}>
            {callbackWords.done}
          </button>
        )}
      </td>
    </tr>
  );
}

function Moment({ wallMs }: { readonly wallMs: number }) {
  return <time dateTime={new Date(wallMs).toISOString()}>{new Date(wallMs).toLocaleString()}</time>;
}

function isTaken(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 404;
}
