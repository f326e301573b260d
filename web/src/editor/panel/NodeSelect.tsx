import { useState } from 'react';
import { words } from '../../words/index.js';
import { OPEN_END } from '../flow-edit.js';

interface Props {
  readonly id?: string;
  readonly label?: string;
  readonly ids: readonly string[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/**
 * Chooses the node that a way leads to. One that is not there is shown as such, never as another. It has the other nodes only
 * once somebody comes to it: a panel with a list of all nodes at each way would take longer to show than all else.
 */
export function NodeSelect({ id, label, ids, value, onChange }: Props) {
  const [isAsked, setAsked] = useState(false);
  const isThere = ids.includes(value);
  const ask = (): void => setAsked(true);
  return (
    <select
      id={id}
      aria-label={label}
      className={isThere ? '' : 'open'}
      value={value}
      onFocus={ask}
      onPointerDown={ask}
      onChange={({ target }) => onChange(target.value)}
    >
      {!isThere && value !== OPEN_END && <option value={value}>{value} ?</option>}
      <option value={OPEN_END}>{words.openEnd}</option>
      {isAsked ? ids.map((known) => <option key={known}>{known}</option>) : isThere && <option>{value}</option>}
    </select>
  );
}
