import { useEffect, useState } from 'react';
import { api } from '../kit/api.js';
import type { StoredCall } from '../../../src/store/port.js';

export type Recent =
  | { readonly type: 'loading' }
  | { readonly type: 'loaded'; readonly calls: readonly StoredCall[] }
  | { readonly type: 'failed'; readonly why: string };

/** The latest calls from the store, read again whenever `version` changes. */
export function useRecent(version: number): Recent {
  const [recent, setRecent] = useState<Recent>({ type: 'loading' });

  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      setRecent({ type: 'loaded', calls: await api<StoredCall[]>('/api/calls?limit=50', { signal: stop.signal }) });
    };
    load().catch((error: unknown) => {
      if (!stop.signal.aborted)
        setRecent({ type: 'failed', why: error instanceof Error ? error.message : String(error) });
    });
    return () => stop.abort();
  }, [version]);

  return recent;
}
