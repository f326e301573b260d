import type { FormEvent } from 'react';
import { words } from '../words/index.js';
import { Labelled } from './labelled.js';
import { remember, remembered } from './remembered.js';

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly action: string;
  readonly busy: boolean;
  readonly onSend: (extension: string) => void;
}

const EXTENSION = 'extension';

/** Asks for the telephone that is to ring: the same one as the last time on this browser. */
export function ExtensionForm({ label, hint, action, busy, onSend }: Props) {
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const extension = String(new FormData(event.currentTarget).get(EXTENSION));
    remember(EXTENSION, extension);
    onSend(extension);
  };
  return (
    <form onSubmit={send}>
      <Labelled label={label} hint={hint}>
        {(id) => (
          <span className="row together">
            <input
              id={id}
              name={EXTENSION}
              required
              pattern="[0-9A-Za-z_*#+\-]+"
              maxLength={40}
              inputMode="tel"
              defaultValue={remembered(EXTENSION)}
              placeholder={words.yourExtension}
            />
            <button type="submit" disabled={busy}>
              {action}
            </button>
          </span>
        )}
      </Labelled>
    </form>
  );
}
