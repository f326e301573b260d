import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ScenarioReport } from '../../../src/dialog/simulate-scenario.js';
import { objectId } from '../editor/flow-api.js';
import { api } from '../kit/api.js';

/** The tests that are kept with the flow. */
export interface KeptTests {
  readonly tests: readonly { readonly name: string; readonly author: string; readonly savedAtWallMs: number }[];
  /** All of them, as a `*.test.yaml`. */
  readonly text: string;
}

export function useTests() {
  return useQuery({ queryKey: ['tests'], queryFn: () => api<KeptTests>('/api/flow/tests') });
}

/** @param text of a `*.test.yaml` */
export function keepTests(text: string): Promise<unknown> {
  return api('/api/flow/tests', { method: 'POST', body: { text } });
}

/** Changes what is kept, and reads it again. */
export function useTestChange<Asked>(mutationFn: (asked: Asked) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: ['tests'] }) });
}

const play = (document: unknown, signal?: AbortSignal): Promise<readonly ScenarioReport[]> =>
  api('/api/flow/test', { method: 'POST', body: { document }, ...(signal ? { signal } : {}) });

/** Plays what is kept on a document, when it is asked to. */
export function usePlay() {
  return useMutation({ mutationFn: (document: unknown) => play(document) });
}

/** Plays what is kept on a document at once. */
export function usePlayed(document: unknown) {
  return useQuery({
    queryKey: ['played', document],
    queryFn: ({ signal }) => play(document, signal),
    queryKeyHashFn: ([, played]) => `played ${String(objectId(played))}`,
    gcTime: 0,
    retry: false,
  });
}
