import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Session } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { words } from '../words/index.js';
import type { Act, Answer, Told } from './acts.js';
import { Tokens } from './Tokens.js';
import { Users } from './Users.js';

/** Who may do what: users with their roles, and tokens for programs. */
export function AccessPage({ session }: { readonly session: Session }) {
  const [told, setTold] = useState<Told>();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: ({ path, method, body }: Act) =>
      api<Answer>(path, { ...(method ? { method } : {}), ...(body === undefined ? {} : { body }) }),
    onSuccess: (answer, { tells }) => {
      setTold(tells?.(answer));
      void client.invalidateQueries();
    },
  });
  return (
    <main>
      <h1>{words.access}</h1>
      {act.error && <Problem of={act.error} />}
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
