import { useId, type FormEvent, type ReactNode } from 'react';
import { Labelled } from '../kit/labelled.js';
import { words } from '../words/index.js';

interface Props {
  readonly title: string;
  readonly heads: readonly string[];
  /** The rows of the table; none: there is no table. */
  readonly rows: readonly ReactNode[];
  /** What is said in the place of an empty table. */
  readonly none?: string;
  readonly problem: string;
  readonly addLabel: string;
  /** What a new one has besides its name. */
  readonly fields: ReactNode;
  readonly onAdd: (name: string, form: FormData) => void;
}

/** Those who may do something, and the form that adds one: users and tokens alike. */
export function Holders({ title, heads, rows, none, problem, addLabel, fields, onAdd }: Props) {
  const titleId = useId();
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onAdd(String(form.get('name')), form);
    event.currentTarget.reset();
  };
  return (
    <section aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {problem !== '' && <p className="problem">{problem}</p>}
      {rows.length === 0 && none !== undefined && <p className="quiet">{none}</p>}
      {rows.length > 0 && (
        <table className="card">
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>{rows}</tbody>
        </table>
      )}
      <form className="card new-holder" onSubmit={add}>
        <Labelled label={words.name} hint={words.userRule}>
          {(id) => (
            <input id={id} name="name" required pattern="[a-z][a-z0-9._\-]*" maxLength={32} autoComplete="off" />
          )}
        </Labelled>
        {fields}
        <button type="submit" className="primary">
          {addLabel}
        </button>
      </form>
    </section>
  );
}
