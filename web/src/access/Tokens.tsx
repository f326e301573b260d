import { useQuery } from '@tanstack/react-query';
import type { Permission } from '../../../src/admin/access/permissions.js';
import { api } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { Remove } from '../kit/remove.js';
import { words } from '../words/index.js';
import type { PartProps } from './acts.js';
import { Holders } from './Holders.js';

interface Token {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly createdBy: string;
}

/** Programs and what they may; never more than the one who made their token. */
export function Tokens({ session, onAct }: PartProps) {
  const { data, error } = useQuery({ queryKey: ['tokens'], queryFn: () => api<readonly Token[]>('/api/tokens') });
  return (
    <Holders
      title={words.tokens}
      heads={[words.token, words.scopes, words.madeBy]}
      problem={error ? inWords(error) : ''}
      {...(data ? { none: words.noTokens } : {})}
      rows={(data ?? []).map(({ name, scopes, createdBy }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{scopes.join(', ')}</td>
          <td>{createdBy}</td>
          <td className="row end">
            <Remove name={name} onRemove={() => onAct({ path: `/api/tokens/${name}`, method: 'DELETE' })} />
          </td>
        </tr>
      ))}
      addLabel={words.addToken}
      fields={
        <fieldset className="scopes">
          <legend>{words.scopes}</legend>
          {session.may.map((permission) => (
            <label key={permission} className="check">
              <input type="checkbox" name="scope" value={permission} /> {permission}
            </label>
          ))}
        </fieldset>
      }
      onAdd={(name, form) =>
        onAct({
          path: '/api/tokens',
          method: 'POST',
          body: { name, scopes: form.getAll('scope') },
          tells: ({ token = '' }) => ({ title: words.tokenShown(name), secret: token }),
        })
      }
    />
  );
}
