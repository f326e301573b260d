import { useEffect, type KeyboardEvent as ReactKeyboardEvent } from 'react';
import { isText } from './use-clipboard.js';

export interface CanvasActs {
  readonly remove: () => void;
  readonly add: () => void;
  readonly connect: () => void;
  readonly find: () => void;
  readonly edit: () => void;
  readonly rename: () => void;
  readonly none: () => void;
  readonly all: () => void;
  readonly keys: () => void;
}

const byKey: Readonly<Record<string, keyof CanvasActs>> = {
  Delete: 'remove',
  Backspace: 'remove',
  n: 'add',
  c: 'connect',
  '/': 'find',
  Enter: 'edit',
  F2: 'rename',
  Escape: 'none',
  '?': 'keys',
};

/**
 * Single keys work only while the drawing has the focus (WCAG 2.1.4): nowhere else can a letter do anything.
 * @returns whether the key was one of ours
 */
export function canvasKey(event: ReactKeyboardEvent, acts: CanvasActs): boolean {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === 'a') {
    acts.all();
    return true;
  }
  const name = isCommand || event.altKey ? undefined : byKey[event.key];
  if (name === undefined || (event.target instanceof HTMLElement && event.target.closest('button') !== null))
    return false;
  acts[name]();
  return true;
}

interface GlobalActs {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly save: () => void;
  readonly find: () => void;
}

/** Commands of the whole page. In a field, undo and redo are the field's own. */
export function useGlobalKeys({ undo, redo, save, find }: GlobalActs): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      const key = event.key.toLowerCase();
      const act =
        key === 's'
          ? save
          : key === 'k'
            ? find
            : isText(event.target)
              ? undefined
              : key === 'y' || (key === 'z' && event.shiftKey)
                ? redo
                : key === 'z'
                  ? undo
                  : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [undo, redo, save, find]);
}
