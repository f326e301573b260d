import { useEffect } from 'react';
import type { Flow } from '../../../src/flow/schema.js';
import type { DrawableDraft } from './flow-api.js';
import { keepDraft } from './kept-draft.js';

const AFTER_MS = 400;

/** Keeps what is not saved in the browser, and forgets it when it is. */
export function useKeeping(flow: Flow, base: DrawableDraft): void {
  useEffect(() => {
    const { revision, live, document } = base;
    if (flow === document) {
      void keepDraft(undefined);
      return undefined;
    }
    const kept = { revision, live, flow, base: document };
    const timer = window.setTimeout(() => void keepDraft(kept), AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [flow, base]);
}
