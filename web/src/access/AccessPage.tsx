import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Permission } from '../../../src/admin/access/permissions.js';
import type { Role } from '../../../src/store/access-port.js';
import { api, type ApiRequest, type Session } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { Labelled } from '../kit/labelled.js';
import { words } from '../words/index.js';

interface User {
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  readonly createdAtWallMs: number;
}

interface Token {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly createdBy: string;
  readonly createdAtWallMs: number;
}

interface Act extends ApiRequest {
  readonly path: string;
  /** Says of the answer what is shown this once. */
  readonly tells?: (answer: { readonly invitation?: string; readonly token?: string }) => Told;
}

interface Told {
  readonly title: string;
  readonly secret: string;
}

/** Who may do what: users with their roles, and tokens for programs. */
export function AccessPage({ session }: { readonly session: Session }) {
  const [told, setTold] = useState<Told>();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: ({ path, method, body }: Act) =>
      api<{ readonly invitation?: string; readonly token?: string }>(path, {
        ...(method ? { method } : {}),
        ...(body === undefined ? {} : { body }),
      }),
    onSuccess: (answer, { tells }) => {
      setTold(tells?.(answer));
      void client.invalidateQueries();
    },
  });
  return (
    <main>
      <h1>{words.access}</h1>
      {act.error && (
        <p className="problem" role="alert">
          {inWords(act.error)}
        </p>
      )}
      {told && (
        <p className="notice" role="status">
          {told.title} <code className="secret">{told.secret}</code>
        </p>
      )}
      <Users session={session} onAct={act.mutate} />
      <Tokens session={session} onAct={act.mutate} />
    </main>
  );
}

interface PartProps {
  readonly session: Session;
  readonly onAct: (act: Act) => void;
}

const roleNames = Object.keys(words.roles) as readonly Role[];

function Users({ session, onAct }: PartProps) {
  const users = useQuery({ queryKey: ['users'], queryFn: () => api<readonly User[]>('/api/users') });
  const link = (name: string) => (answer: { readonly invitation?: string }) => ({
    title: words.linkFor(name),
    secret: `${location.origin}/#/welcome/${answer.invitation ?? ''}`,
  });
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name'));
    onAct({ path: '/api/users', method: 'POST', body: { name, role: form.get('role') }, tells: link(name) });
    event.currentTarget.reset();
  };
  return (
    <section aria-labelledby="users-title">
      <h2 id="users-title">{words.users}</h2>
      {users.error && <p className="problem">{inWords(users.error)}</p>}
      <table className="card">
        <thead>
          <tr>
            {[words.user, words.role, words.created].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {users.data?.map(({ name, role, hasPassword, createdAtWallMs }) => (
            <tr key={name}>
              <th scope="row">
                {name} {!hasPassword && <span className="chip">{words.invited}</span>}
              </th>
              <td>
                <select
                  aria-label={`${words.role}: ${name}`}
                  value={role}
                  disabled={name === session.name}
                  onChange={({ target }) =>
                    onAct({ path: `/api/users/${name}`, method: 'PATCH', body: { role: target.value } })
                  }
                >
                  {roleNames.map((one) => (
                    <option key={one} value={one}>
                      {words.roles[one]}
                    </option>
                  ))}
                </select>
              </td>
              <td>{new Date(createdAtWallMs).toLocaleDateString()}</td>
              <td className="row end">
                <button
                  type="button"
                  aria-label={`${words.newLink}: ${name}`}
                  onClick={() => onAct({ path: `/api/users/${name}/invitation`, method: 'POST', tells: link(name) })}
                >
                  {words.newLink}
                </button>
                <Remove
                  name={name}
                  disabled={name === session.name}
                  onRemove={() => onAct({ path: `/api/users/${name}`, method: 'DELETE' })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form className="card row together" onSubmit={add}>
        <Labelled label={words.name} hint={words.userRule}>
          {(id) => (
            <input id={id} name="name" required pattern="[a-z][a-z0-9._\-]*" maxLength={32} autoComplete="off" />
          )}
        </Labelled>
        <Labelled label={words.role}>
          {(id) => (
            <select id={id} name="role" defaultValue="editor">
              {roleNames.map((one) => (
                <option key={one} value={one}>
                  {words.roles[one]}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <button type="submit" className="primary">
          {words.addUser}
        </button>
      </form>
    </section>
  );
}

function Tokens({ session, onAct }: PartProps) {
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: () => api<readonly Token[]>('/api/tokens') });
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get('name'));
    onAct({
      path: '/api/tokens',
      method: 'POST',
      body: { name, scopes: form.getAll('scope') },
      tells: ({ token = '' }) => ({ title: words.tokenShown(name), secret: token }),
    });
    event.currentTarget.reset();
  };
  return (
    <section aria-labelledby="tokens-title">
      <h2 id="tokens-title">{words.tokens}</h2>
      {tokens.data?.length === 0 && <p className="quiet">{words.noTokens}</p>}
      {tokens.data !== undefined && tokens.data.length > 0 && (
        <table className="card">
          <thead>
            <tr>
              {[words.token, words.scopes, words.madeBy].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {tokens.data.map(({ name, scopes, createdBy }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{scopes.join(', ')}</td>
                <td>{createdBy}</td>
                <td className="row end">
                  <Remove
                    name={name}
                    disabled={false}
                    onRemove={() => onAct({ path: `/api/tokens/${name}`, method: 'DELETE' })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <form className="card" onSubmit={add}>
        <Labelled label={words.name} hint={words.userRule}>
          {(id) => (
            <input id={id} name="name" required pattern="[a-z][a-z0-9._\-]*" maxLength={32} autoComplete="off" />
          )}
        </Labelled>
        <fieldset className="scopes">
          <legend>{words.scopes}</legend>
          {session.may.map((permission) => (
            <label key={permission} className="check">
              <input type="checkbox" name="scope" value={permission} /> {permission}
            </label>
          ))}
        </fieldset>
        <button type="submit" className="primary">
          {words.addToken}
        </button>
      </form>
    </section>
  );
}

interface RemoveProps {
  readonly name: string;
  readonly disabled: boolean;
  readonly onRemove: () => void;
}

/** Asks once more in its own place. */
function Remove({ name, disabled, onRemove }: RemoveProps) {
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
