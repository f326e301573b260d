import { useMutation } from '@tanstack/react-query';
import type { HealthPart } from '../../../src/admin/live.js';
import { api } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { breakerWords, partStates, words } from '../words/index.js';

interface Props {
  readonly part: HealthPart;
  readonly mayChange: boolean;
}

/** One part of the line: how it is, since when, what its breaker means for callers, and its switch. */
export function PartRow({ part: { name, state, problem, breaker, isOff, sinceWallMs }, mayChange }: Props) {
  // How it is then comes with the next health.
  const change = useMutation({
    mutationFn: (on: boolean) => api('/api/engines', { method: 'PUT', body: { engine: name, on } }),
  });
  return (
    <tr className={`part ${state}`}>
      <th scope="row">
        <span className="dot" aria-hidden="true" />
        {name}
      </th>
      <td>
        <b className="part-state">{isOff ? words.switchedOff : partStates[state]}</b>{' '}
        {problem !== undefined && !isOff && <span className="quiet">{problem}</span>}
        {isOff ? (
          <p className="quiet">{words.switchedOffLine}</p>
        ) : (
          breaker !== undefined && breaker !== 'closed' && <p className="quiet">{breakerWords[breaker]}</p>
        )}
        {change.error && <Problem of={change.error} />}
      </td>
      <td>
        {sinceWallMs !== undefined && (
          <time dateTime={new Date(sinceWallMs).toISOString()}>{new Date(sinceWallMs).toLocaleTimeString()}</time>
        )}
      </td>
      <td>
        {breaker !== undefined && state !== 'absent' && mayChange && (
          <button
            type="button"
            aria-label={`${isOff ? words.switchOn : words.switchOff}: ${name}`}
            disabled={change.isPending}
            onClick={() => change.mutate(isOff === true)}
          >
            {isOff ? words.switchOn : words.switchOff}
          </button>
        )}
      </td>
    </tr>
  );
}
