import { useEffect, useRef, useState, type ReactNode } from 'react';
import { words } from './words.js';

interface Props {
  readonly title: string;
  readonly action: string;
  /** Why it cannot be done yet; undefined: it can. */
  readonly hindrance: string | undefined;
  readonly problem: string;
  readonly busy: boolean;
  readonly onConfirm: (why: string) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks why before something goes live. The browser's own dialog keeps the focus in it and closes on Escape. */
export function WhyDialog({ title, action, hindrance, problem, busy, onConfirm, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="dialog-title">
      <h2 id="dialog-title">{title}</h2>
      {children}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(why);
        }}
      >
        <div className="field">
          <label htmlFor="dialog-why">{words.why}</label>
          <input id="dialog-why" required maxLength={500} value={why} onChange={({ target }) => setWhy(target.value)} />
        </div>
        <p className="problem" role="alert">
          {hindrance ?? problem}
        </p>
        <div className="row">
          <button type="submit" disabled={busy || hindrance !== undefined}>
            {action}
          </button>
          <button type="button" onClick={onClose}>
            {words.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}
