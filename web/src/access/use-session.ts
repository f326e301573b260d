import { useCallback, useEffect, useState } from 'react';
import { api, ApiError, takeCsrf, type Session } from '../kit/api.js';

export type SessionState =
  | { readonly type: 'loading' }
  | { readonly type: 'out' }
  | { readonly type: 'invited'; readonly secret: string; readonly name: string }
  | { readonly type: 'in'; readonly session: Session };

/** Who is at the page: from the session's cookie, or from the invitation in the address. */
export function useSession() {
  const [state, setState] = useState<SessionState>({ type: 'loading' });

  const enter = useCallback((session: Session): void => {
    takeCsrf(session.csrf);
    if (invitation() !== undefined) history.replaceState(undefined, '', '/');
    setState({ type: 'in', session });
  }, []);

  const leave = useCallback((): void => {
    void api('/api/session', { method: 'DELETE' }).finally(() => setState({ type: 'out' }));
  }, []);

  useEffect(() => {
    void look().then((found) => (found.type === 'in' ? enter(found.session) : setState(found)));
  }, [enter]);

  return { state, enter, leave };
}

async function look(): Promise<SessionState> {
  const secret = invitation();
  try {
    if (secret !== undefined) {
      const { name } = await api<{ name: string }>('/api/invitation/look', { method: 'POST', body: { secret } });
      return { type: 'invited', secret, name };
    }
    return { type: 'in', session: await api<Session>('/api/session') };
  } catch (error) {
    // A link that is not good any more leads to the login, as anything else does.
    if (error instanceof ApiError) return { type: 'out' };
    throw error;
  }
}

/** Behind the hash, so that it never reaches a server's or proxy's log. */
function invitation(): string | undefined {
  return /^#\/welcome\/([\w-]+)$/.exec(location.hash)?.[1];
}
