import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { NodeFigures } from '../../../src/store/figures.js';
import { api } from '../kit/api.js';

/** Of the calls that began in the last so many hours; 0: nothing is counted. */
export const countedHours = [0, 1, 24] as const;
export type CountedHours = (typeof countedHours)[number];

const AGAIN_MS = 10_000;

/** What happened at each node. One that is as it was stays the same object. */
export function useFigures(hours: CountedHours): ReadonlyMap<string, NodeFigures> {
  const { data } = useQuery({
    queryKey: ['figures', hours],
    enabled: hours > 0,
    queryFn: () => api<readonly NodeFigures[]>(`/api/flow/figures?hours=${String(hours)}`),
    refetchInterval: AGAIN_MS,
  });
  return useMemo(() => new Map(data?.map((figures) => [figures.nodeId, figures])), [data]);
}
