import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { words } from '../words/index.js';
import { Dialog } from './dialog.js';

export interface PickerItem {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: ReactNode;
}

interface Props {
  readonly title: string;
  readonly items: readonly PickerItem[];
  readonly onPick: (id: string) => void;
  readonly onClose: () => void;
}

/** So many are shown; who looks for another types more of it. */
const SHOWN = 50;

/** Chooses one of many by typing a part of its name: a combobox with its list always open (WAI-ARIA pattern). */
export function Picker({ title, items, onPick, onClose }: Props) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const wanted = text.trim().toLowerCase();
  const found = items
    .filter(({ label, hint = '' }) => `${label} ${hint}`.toLowerCase().includes(wanted))
    .slice(0, SHOWN);
  const active = found[Math.min(at, found.length - 1)];
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(1, found.length));
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      onPick(active.id);
    }
  };
  return (
    <Dialog title={title} leave={words.cancel} onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
        aria-label={title}
        placeholder={words.typeToFind}
        autoComplete="off"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul className="picker" role="listbox" id={listId} aria-label={title}>
        {found.map(({ id, label, hint, icon }) => (
          <li
            key={id}
            id={`${listId}-${id}`}
            role="option"
            aria-selected={id === active?.id}
            ref={(element) => {
              if (id === active?.id) element?.scrollIntoView({ block: 'nearest' });
            }}
            onClick={() => onPick(id)}
          >
            {icon}
            <b dir="auto">{label}</b> <span className="quiet">{hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="quiet">{words.nothingFound}</p>}
    </Dialog>
  );
}
