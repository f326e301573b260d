import { useEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** The words of a button by which it is left, where it has no others. */
  readonly leave?: string;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, gives it back, closes on Escape, and injects no style (ADR 35). */
export function Dialog({ title, onClose, wide = false, leave, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className={wide ? 'wide' : ''} aria-label={title} onCancel={onClose}>
      <h2>{title}</h2>
      {children}
      {leave !== undefined && (
        <div className="row end">
          <button type="button" onClick={onClose}>
            {leave}
          </button>
        </div>
      )}
    </dialog>
  );
}
