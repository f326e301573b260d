import { useCallback, useReducer } from 'react';
import type { Flow } from '../../../src/flow/schema.js';

export interface History {
  readonly past: readonly Flow[];
  readonly present: Flow;
  readonly future: readonly Flow[];
  /** What the last change was about: the next one about the same is one step with it. */
  readonly about: string | undefined;
}

export type HistoryAction =
  | { readonly type: 'change'; readonly flow: Flow; readonly about: string | undefined }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' };

/** Steps that can be undone. */
const DEPTH = 100;

/** Letters typed into one field are one step. */
export function reduceHistory(history: History, action: HistoryAction): History {
  const { past, present, future } = history;
  switch (action.type) {
    case 'change': {
      const { flow, about } = action;
      if (flow === present) return history;
      const goesOn = about !== undefined && about === history.about;
      return { past: goesOn ? past : [...past, present].slice(-DEPTH), present: flow, future: [], about };
    }
    case 'undo': {
      const before = past.at(-1);
      if (!before) return history;
      return { past: past.slice(0, -1), present: before, future: [present, ...future], about: undefined };
    }
    case 'redo': {
      const [after, ...rest] = future;
      return after ? { past: [...past, present], present: after, future: rest, about: undefined } : history;
    }
  }
}

/** The document that is being edited, with undo and redo. */
export function useDraftEdit(begin: Flow) {
  const [{ past, present, future }, dispatch] = useReducer(reduceHistory, {
    past: [],
    present: begin,
    future: [],
    about: undefined,
  });
  return {
    flow: present,
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    change: useCallback((flow: Flow, about?: string) => dispatch({ type: 'change', flow, about }), []),
    undo: useCallback(() => dispatch({ type: 'undo' }), []),
    redo: useCallback(() => dispatch({ type: 'redo' }), []),
  };
}
