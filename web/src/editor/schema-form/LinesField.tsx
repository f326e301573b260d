import { Labelled } from '../../kit/labelled.js';

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly value: readonly string[];
  readonly onChange: (lines: readonly string[]) => void;
}

/** Several texts, one a line; none is no line. */
export function LinesField({ label, hint, value, onChange }: Props) {
  return (
    <Labelled label={label} hint={hint}>
      {(id) => (
        <textarea
          id={id}
          dir="auto"
          rows={Math.min(8, Math.max(2, value.length))}
          value={value.join('\n')}
          onChange={({ target }) => onChange(target.value === '' ? [] : target.value.split('\n'))}
        />
      )}
    </Labelled>
  );
}
