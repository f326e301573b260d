import { useEffect } from 'react';
import type { Flow } from '../../../src/flow/schema.js';
import { copied, pasted, withoutNodes } from './flow-edit.js';

interface Hands {
  readonly flow: Flow;
  readonly selection: ReadonlySet<string>;
  readonly readOnly: boolean;
  readonly change: (flow: Flow) => void;
  readonly select: (ids: ReadonlySet<string>) => void;
}

/** Copy, cut and paste of nodes by the clipboard, so that they travel between windows too. Text in a field stays text. */
export function useClipboard({ flow, selection, readOnly, change, select }: Hands): void {
  useEffect(() => {
    const copy = (event: ClipboardEvent): void => {
      if (isText(event.target) || selection.size === 0 || hasSelectedText()) return;
      event.clipboardData?.setData('text/plain', copied(flow, selection));
      event.preventDefault();
      if (event.type !== 'cut' || readOnly) return;
      change(withoutNodes(flow, selection));
      select(new Set());
    };
    const paste = (event: ClipboardEvent): void => {
      if (isText(event.target) || readOnly) return;
      const found = pasted(flow, event.clipboardData?.getData('text/plain') ?? '');
      if (!found) return;
      event.preventDefault();
      change(found.flow);
      select(new Set(found.ids));
    };
    document.addEventListener('copy', copy);
    document.addEventListener('cut', copy);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('cut', copy);
      document.removeEventListener('paste', paste);
    };
  }, [flow, selection, readOnly, change, select]);
}

export function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;
}

function hasSelectedText(): boolean {
  return (getSelection()?.toString() ?? '') !== '';
}
