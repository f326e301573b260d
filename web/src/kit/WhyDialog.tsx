import { useState, type ReactNode } from 'react';
import { words } from '../words/index.js';
import { Dialog } from './dialog.js';
import { Problem } from './problem.js';

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

/** Asks why before something goes live. */
export function WhyDialog({ title, action, hindrance, problem, busy, onConfirm, onClose, children }: Props) {
  const [why, setWhy] = useState('');
  return (
    <Dialog title={title} onClose={onClose} wide>
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
        <Problem of={hindrance ?? problem} />
        <div className="row end">
          <button type="button" onClick={onClose}>
            {words.cancel}
          </button>
          <button type="submit" className="primary" disabled={busy || hindrance !== undefined}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
