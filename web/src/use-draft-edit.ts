import { useCallback, useReducer } from 'react';
import type { Flow } from '../../src/flow/schema.js';

interface History {
  readonly past: readonly Flow[];
  readonly present: Flow;
  readonly future: readonly Flow[];
}

type Action = { readonly type: 'change'; readonly flow: Flow } | { readonly type: 'undo' } | { readonly type: 'redo' };

/** Steps that can be undone. */
const DEPTH = 100;

function reduce(history: History, action: Action): History {
  const { past, present, future } = history;
  switch (action.type) {
    case 'change':
      return { past: [...past, present].slice(-DEPTH), present: action.flow, future: [] };
    case 'undo': {
      const before = past.at(-1);
      return before ? { past: past.slice(0, -1), present: before, future: [present, ...future] } : history;
    }
    case 'redo': {
      const [after, ...rest] = future;
      return after ? { past: [...past, present], present: after, future: rest } : history;
    }
  }
}

/** The document that is being edited, with undo and redo. */
export function useDraftEdit(begin: Flow) {
  const [{ past, present, future }, dispatch] = useReducer(reduce, { past: [], present: begin, future: [] });
  return {
    flow: present,
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    change: useCallback((flow: Flow) => dispatch({ type: 'change', flow }), []),
    undo: useCallback(() => dispatch({ type: 'undo' }), []),
    redo: useCallback(() => dispatch({ type: 'redo' }), []),
  };
}
