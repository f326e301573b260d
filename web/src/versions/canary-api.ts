import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CanaryReport } from '../../../src/flow/canary-desk.js';
import type { CanaryPlan } from '../../../src/flow/canary.js';
import { api } from '../kit/api.js';

const AGAIN_MS = 5_000;

/** The canary that was begun last; null when there never was one. */
export function useCanary() {
  return useQuery({
    queryKey: ['canary'],
    queryFn: () => api<CanaryReport | null>('/api/flow/canary'),
    // Its figures change with each call, and its guard may end it.
    refetchInterval: ({ state }) => (state.data && !state.data.canary.end ? AGAIN_MS : false),
  });
}

export type CanaryAct =
  | ({ readonly type: 'begin'; readonly revision: number; readonly why: string } & CanaryPlan)
  | { readonly type: 'promote' | 'stop'; readonly why: string };

export function useCanaryAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ type, ...body }: CanaryAct) =>
      api(`/api/flow/canary${type === 'begin' ? '' : `/${type}`}`, { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'check' }),
  });
}
