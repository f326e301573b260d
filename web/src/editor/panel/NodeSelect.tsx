import { words } from '../../words/index.js';
import { OPEN_END } from '../flow-edit.js';

interface Props {
  readonly id?: string;
  readonly label?: string;
  readonly ids: readonly string[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** Chooses the node that a way leads to. One that is not there is shown as such, never as another. */
export function NodeSelect({ id, label, ids, value, onChange }: Props) {
  return (
    <select
      id={id}
      aria-label={label}
      className={ids.includes(value) ? '' : 'open'}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    >
      {!ids.includes(value) && value !== OPEN_END && <option value={value}>{value} ?</option>}
      <option value={OPEN_END}>{words.openEnd}</option>
      {ids.map((known) => (
        <option key={known}>{known}</option>
      ))}
    </select>
  );
}
