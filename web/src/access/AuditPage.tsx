import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import type { AuditEntry, AuditVerdict } from '../../../src/store/audit-port.js';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { words } from '../words/index.js';

const PAGE = 100;

/** Who did what, newest first, and whether somebody has changed the log. */
export function AuditPage() {
  const audit = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) =>
      api<readonly AuditEntry[]>(
        `/api/audit?limit=${String(PAGE)}${pageParam === 0 ? '' : `&before=${String(pageParam)}`}`,
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.seq),
    gcTime: 0,
  });
  const verify = useMutation({ mutationFn: () => api<AuditVerdict>('/api/audit/verify') });
  return (
    <main>
      <h1>{words.audit}</h1>
      <div className="row">
        <p className="quiet">{words.auditLine}</p>
        <button type="button" onClick={() => verify.mutate()} disabled={verify.isPending}>
          {words.verify}
        </button>
      </div>
      {verify.data && (
        <p className={`notice ${verify.data.ok ? 'good' : 'bad'}`} role="status">
          {verify.data.ok
            ? words.verified(verify.data.entries, verify.data.head.slice(0, 16))
            : words.broken(verify.data.seq, verify.data.what)}
        </p>
      )}
      {(audit.error ?? verify.error) && <p className="problem">{inWords(audit.error ?? verify.error)}</p>}
      <table className="card audit">
        <thead>
          <tr>
            {['', words.when, words.who, words.did, words.to, words.change].map((head, at) =>
              head === '' ? (
                <td key={at} />
              ) : (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {audit.data?.pages.flat().map(({ seq, atWallMs, who, action, subject, from, to }) => (
            <tr key={seq}>
              <td className="quiet">{seq}</td>
              <td>{new Date(atWallMs).toLocaleString()}</td>
              <th scope="row">{who}</th>
              <td>
                <code>{action}</code>
              </td>
              <td>
                <bdi>{subject}</bdi>
              </td>
              <td>
                <bdi>{[from, to].filter((part) => part !== '').join(' → ')}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {audit.hasNextPage && (
        <button type="button" onClick={() => void audit.fetchNextPage()}>
          {words.older}
        </button>
      )}
    </main>
  );
}
