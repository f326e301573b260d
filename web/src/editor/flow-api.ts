import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FlowDiff } from '../../../src/flow/diff.js';
import type { Finding } from '../../../src/flow/finding.js';
import type { Flow } from '../../../src/flow/schema.js';
import type { SchemaMistake } from '../../../src/flow/schema-mistakes.js';
import type { FlowVersion } from '../../../src/flow/version-book.js';
import { api } from '../kit/api.js';

/** The draft as the API gives it; `revision` 0: nobody has begun one. */
export interface Draft {
  readonly revision: number;
  readonly basedOn: number;
  readonly live: number;
  readonly author?: string;
  readonly document: unknown;
}

/** One whose document can be drawn. */
export type DrawableDraft = Draft & { readonly document: Flow };

export type VersionHead = Omit<FlowVersion, 'json' | 'flowId'>;

export interface Checked {
  readonly mistakes: readonly SchemaMistake[];
  readonly findings: readonly Finding[];
}

export const readDraft = (): Promise<Draft> => api<Draft>('/api/flow/draft');

export const draftQuery = queryOptions({
  queryKey: ['draft'],
  queryFn: readDraft,
  // What somebody has on their page is theirs: it is read again only when they ask for it.
  staleTime: Infinity,
  // The saved document is told from the edited one by being the same object.
  structuralSharing: false,
});

export function useDraft() {
  return useQuery(draftQuery);
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
    queryFn: ({ signal }) => api<Checked>('/api/flow/check', { method: 'POST', body: { document }, signal }),
    // A document is told by being the same object: as text, 5 MB would be compared at each key.
    queryKeyHashFn: ([, asked]) => `check ${String(objectId(asked))}`,
    placeholderData: (before) => before,
    gcTime: 0,
  });
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number for an object, the same for as long as it is the same object. */
export function objectId(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const known = ids.get(value) ?? ++lastId;
  ids.set(value, known);
  return known;
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
