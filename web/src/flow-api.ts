import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SimulatedInput, SimulatedStep } from '../../src/dialog/simulate.js';
import type { FlowDiff } from '../../src/flow/diff.js';
import type { Finding } from '../../src/flow/finding.js';
import type { SchemaMistake } from '../../src/flow/schema-mistakes.js';
import type { FlowVersion } from '../../src/flow/version-book.js';
import { api } from './api.js';

/** The draft as the API gives it; `revision` 0: nobody has begun one. */
export interface Draft {
  readonly revision: number;
  readonly basedOn: number;
  readonly live: number;
  readonly author?: string;
  readonly document: unknown;
}

export type VersionHead = Omit<FlowVersion, 'json' | 'flowId'>;

export interface Checked {
  readonly mistakes: readonly SchemaMistake[];
  readonly findings: readonly Finding[];
}

export function useDraft() {
  // What somebody has on their page is theirs: it is read again only when they ask for it.
  return useQuery({
    queryKey: ['draft'],
    queryFn: () => api<Draft>('/api/flow/draft'),
    staleTime: Infinity,
    // The saved document is told from the edited one by being the same object.
    structuralSharing: false,
  });
}

export function useVersions() {
  return useQuery({ queryKey: ['versions'], queryFn: () => api<readonly VersionHead[]>('/api/flow/versions') });
}

/** @param from, to `live`, `draft` or a version's number; undefined: nothing is asked */
export function useDiff(from: string | undefined, to: string | undefined) {
  return useQuery({
    queryKey: ['diff', from, to],
    enabled: from !== undefined && to !== undefined,
    queryFn: () => api<FlowDiff>(`/api/flow/diff?from=${from ?? ''}&to=${to ?? ''}`),
  });
}

/** What is wrong with a document, asked again when it changes. */
export function useCheck(document: unknown) {
  return useQuery({
    queryKey: ['check', document],
    queryFn: () => api<Checked>('/api/flow/check', { method: 'POST', body: { document } }),
    placeholderData: (before) => before,
    gcTime: 0,
  });
}

export function useSaveDraft() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: { readonly revision: number; readonly document: unknown }) =>
      api<{ readonly revision: number }>('/api/flow/draft', { method: 'PUT', body: draft }),
    onSuccess: ({ revision }, { document }) => {
      client.setQueryData<Draft>(['draft'], (known) => known && { ...known, revision, document });
      void client.invalidateQueries({ queryKey: ['diff'] });
    },
  });
}

export function usePublish() {
  return useGoingLive((act: { readonly revision: number; readonly why: string }) =>
    api<VersionHead>('/api/flow/publish', { method: 'POST', body: act }),
  );
}

export function useRollback() {
  return useGoingLive((act: { readonly version: number; readonly why: string }) =>
    api<VersionHead>('/api/flow/rollback', { method: 'POST', body: act }),
  );
}

function useGoingLive<Act>(mutationFn: (act: Act) => Promise<VersionHead>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'check' }),
  });
}

export function useSimulation(document: unknown, inputs: readonly SimulatedInput[], speech: boolean, wallMs: number) {
  return useQuery({
    queryKey: ['simulate', document, inputs, speech, wallMs],
    queryFn: () =>
      api<readonly SimulatedStep[]>('/api/simulate', {
        method: 'POST',
        body: { document, inputs, speech, wallMs },
      }),
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
}
