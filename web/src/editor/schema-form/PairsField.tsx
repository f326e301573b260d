import { useState } from 'react';
import { words } from '../../words/index.js';

type Pair = readonly [name: string, text: string];

interface Props {
  readonly label: string;
  readonly value: Readonly<Record<string, string>>;
  readonly onChange: (value: Readonly<Record<string, string>>) => void;
}

/** Names with texts, one pair a row. */
export function PairsField({ label, value, onChange }: Props) {
  // While two rows have the same name only one of them is in the record: the rows are kept here.
  const [kept, setKept] = useState<readonly Pair[]>(() => Object.entries(value));
  const rows = JSON.stringify(Object.fromEntries(kept)) === JSON.stringify(value) ? kept : Object.entries(value);
  const write = (changed: readonly Pair[]): void => {
    setKept(changed);
    onChange(Object.fromEntries(changed));
  };
  const put = (index: number, pair: Pair): void => write(rows.map((row, at) => (at === index ? pair : row)));
  return (
    <section aria-label={label}>
      <h3>{label}</h3>
      {rows.map(([name, text], index) => (
        <div className="row case" key={index}>
          <input
            aria-label={`${words.name}: ${label} ${String(index + 1)}`}
            value={name}
            onChange={({ target }) => put(index, [target.value, text])}
          />
          <span aria-hidden="true">=</span>
          <input
            aria-label={`${words.valueOf}: ${label} ${String(index + 1)}`}
            dir="auto"
            value={text}
            onChange={({ target }) => put(index, [name, target.value])}
          />
          <button
            type="button"
            className="plain danger"
            aria-label={`${words.removeOption}: ${name}`}
            onClick={() => write(rows.filter((_row, at) => at !== index))}
          >
            {words.removeOption}
          </button>
        </div>
      ))}
      <button type="button" onClick={() => write([...rows, [freeName(rows), '']])}>
        {words.addTo(label)}
      </button>
    </section>
  );
}

function freeName(rows: readonly Pair[]): string {
  let n = rows.length + 1;
  while (rows.some(([name]) => name === `value${String(n)}`)) n++;
  return `value${String(n)}`;
}
