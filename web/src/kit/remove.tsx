import { useState } from 'react';
import { words } from '../words/index.js';

interface Props {
  readonly name: string;
  readonly disabled?: boolean;
  readonly onRemove: () => void;
}

/** Asks once more in its own place. */
export function Remove({ name, disabled = false, onRemove }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <button
      type="button"
      className="danger"
      aria-label={asking ? words.removeSure(name) : `${words.remove}: ${name}`}
      disabled={disabled}
      onBlur={() => setAsking(false)}
      onClick={() => (asking ? onRemove() : setAsking(true))}
    >
      {asking ? words.removeSure(name) : words.remove}
    </button>
  );
}
