import { useQuery } from '@tanstack/react-query';
import type { Role } from '../../../src/store/access-port.js';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { Labelled } from '../kit/labelled.js';
import { Remove } from '../kit/remove.js';
import { words } from '../words/index.js';
import type { Answer, PartProps, Told } from './acts.js';
import { Holders } from './Holders.js';

interface User {
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  readonly isExternal: boolean;
  readonly createdAtWallMs: number;
}

const roleNames = Object.keys(words.roles) as readonly Role[];

/** People and their roles. Of those who come by single sign-on the identity provider says the role. */
export function Users({ session, onAct }: PartProps) {
  const { data, error } = useQuery({ queryKey: ['users'], queryFn: () => api<readonly User[]>('/api/users') });
  return (
    <Holders
      title={words.users}
      heads={[words.user, words.role, words.created]}
      problem={error ? inWords(error) : ''}
      rows={(data ?? []).map(({ name, role, hasPassword, isExternal, createdAtWallMs }) => (
        <tr key={name}>
          <th scope="row">
            {name} {!hasPassword && <span className="chip">{isExternal ? words.bySignOn : words.invited}</span>}
          </th>
          <td>
            <select
              aria-label={`${words.role}: ${name}`}
              value={role}
              disabled={name === session.name || isExternal}
              onChange={({ target }) =>
                onAct({ path: `/api/users/${name}`, method: 'PATCH', body: { role: target.value } })
              }
            >
              <Roles />
            </select>
          </td>
          <td>{new Date(createdAtWallMs).toLocaleDateString()}</td>
          <td className="row end">
            {!isExternal && (
              <button
                type="button"
                aria-label={`${words.newLink}: ${name}`}
                onClick={() => onAct({ path: `/api/users/${name}/invitation`, method: 'POST', tells: link(name) })}
              >
                {words.newLink}
              </button>
            )}
            <Remove
              name={name}
              disabled={name === session.name}
              onRemove={() => onAct({ path: `/api/users/${name}`, method: 'DELETE' })}
            />
          </td>
        </tr>
      ))}
      addLabel={words.addUser}
      fields={
        <Labelled label={words.role}>
          {(id) => (
            <select id={id} name="role" defaultValue="editor">
              <Roles />
            </select>
          )}
        </Labelled>
      }
      onAdd={(name, form) =>
        onAct({ path: '/api/users', method: 'POST', body: { name, role: form.get('role') }, tells: link(name) })
      }
    />
  );
}

function Roles() {
  return roleNames.map((one) => (
    <option key={one} value={one}>
      {words.roles[one]}
    </option>
  ));
}

function link(name: string): (answer: Answer) => Told {
  return ({ invitation = '' }) => ({
    title: words.linkFor(name),
    secret: `${location.origin}/#/welcome/${invitation}`,
  });
}
