import { useEffect, useState, type FormEvent } from 'react';
import { api, type Session } from '../kit/api.js';
import { inWords } from '../kit/in-words.js';
import { Problem } from '../kit/problem.js';
import { signOnWords, words } from '../words/index.js';

/** Name and password. */
export function Login({ onSession }: { readonly onSession: (session: Session) => void }) {
  const { problem, busy, submit } = useSubmit(onSession);
  const oidc = useOidc();
  const send = (form: FormData): Promise<Session> =>
    api('/api/session', { method: 'POST', body: { name: form.get('name'), password: form.get('password') } });
  return (
    <main className="door">
      <form className="card" onSubmit={(event) => submit(event, send)} aria-busy={busy}>
        <Brand />
        <Field label={words.name} name="name" autoComplete="username" />
        <Field label={words.password} name="password" type="password" autoComplete="current-password" />
        <Problem of={problem === '' ? refusedBy(location.hash) : problem} />
        <button type="submit" className="primary" disabled={busy}>
          {words.signIn}
        </button>
        {oidc !== null && (
          <a className="button" href="/api/session/oidc">
            {words.signInBy(oidc)}
          </a>
        )}
      </form>
    </main>
  );
}

/** The identity provider's name; null where there is none, or it is not known. */
function useOidc(): string | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    api<{ readonly oidc: string | null }>('/api/session/ways').then(
      ({ oidc }) => setName(oidc),
      () => undefined,
    );
  }, []);
  return name;
}

/** What the way by the identity provider has ended with, from the address: `#/sign-on/HR_SIGN_ON_REFUSED`. */
function refusedBy(hash: string): string {
  const code = /^#\/sign-on\/(\w+)$/.exec(hash)?.[1];
  if (code === undefined) return '';
  return (signOnWords as Readonly<Record<string, string>>)[code] ?? code;
}

interface WelcomeProps {
  readonly secret: string;
  readonly name: string;
  readonly onSession: (session: Session) => void;
}

/** Behind an invitation: the first password of a user. */
export function Welcome({ secret, name, onSession }: WelcomeProps) {
  const { problem, busy, submit } = useSubmit(onSession);
  const send = (form: FormData): Promise<Session> => {
    const password = form.get('password');
    if (password !== form.get('again')) throw new Error(words.passwordsDiffer);
    return api('/api/invitation/accept', { method: 'POST', body: { secret, password } });
  };
  return (
    <main className="door">
      <form className="card" onSubmit={(event) => submit(event, send)} aria-busy={busy}>
        <Brand />
        <p>{words.welcome(name)}</p>
        <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
        <Field label={words.password} name="password" type="password" autoComplete="new-password" hint />
        <Field label={words.passwordAgain} name="again" type="password" autoComplete="new-password" />
        <Problem of={problem} />
        <button type="submit" className="primary" disabled={busy}>
          {words.setPassword}
        </button>
      </form>
    </main>
  );
}

function useSubmit(onSession: (session: Session) => void) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>, send: (form: FormData) => Promise<Session>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem('');
    void (async () => {
      try {
        onSession(await send(form));
      } catch (error) {
        setProblem(inWords(error));
        setBusy(false);
      }
    })();
  };
  return { problem, busy, submit };
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete: string;
  readonly hint?: boolean;
}

function Field({ label, name, type = 'text', autoComplete, hint = false }: FieldProps) {
  const id = `field-${name}`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        autoComplete={autoComplete}
        required
        aria-describedby={hint ? `${id}-hint` : undefined}
      />
      {hint && (
        <small id={`${id}-hint`} className="quiet">
          {words.passwordRule}
        </small>
      )}
    </div>
  );
}

function Brand() {
  return (
    <>
      <div className="brand">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>Handrail</h1>
      </div>
      <p className="quiet">{words.doorLine}</p>
    </>
  );
}
