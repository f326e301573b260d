import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../kernel/clock.js';
import { explain, HandrailError, type ErrorCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Gate } from './access/gate.js';
import { newSecret } from './access/secrets.js';
import { roleOf, userName, type RoleMap, type SignOn, type SignOnAttempt } from './access/sign-on.js';
import type { Auditor } from './audit.js';
import { setSession } from './guard.js';
import { addRoute } from './route.js';

export interface SignOnDeps {
  readonly gate: Gate;
  /** Absent: there is only the login by password. */
  readonly signOn: { readonly provider: SignOn; readonly roles: RoleMap } | undefined;
  readonly clock: Clock;
  readonly auditor: Auditor;
  readonly log: Logger;
}

const ATTEMPT_COOKIE = 'handrail_sign_on';
const PATH = '/api/session/oidc';
/** Time for a password and a second factor at the provider. */
const ATTEMPT_MS = 10 * 60_000;
/** Who begins more than all these at once pushes out the oldest. */
const MAX_ATTEMPTS = 500;

/** The way in by an identity provider, beside the one by password. Its roles are taken over at each login. */
export function registerSignOn(app: FastifyInstance, { auditor, clock, gate, log, signOn }: SignOnDeps): void {
  const attempts = new Attempts(clock);

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/session/ways',
      access: 'public',
      schema: { summary: 'The ways to log in: `oidc` is the name of the identity provider, null where there is none' },
    },
    () => ({ oidc: signOn?.provider.name ?? null }),
  );

  if (!signOn) return;
  const { provider, roles } = signOn;
  const { returnsByTls: secure } = provider;
  /** Back to the login, which says what was wrong. @throws what is no error of ours */
  const doorWith = (error: unknown): string => {
    if (!(error instanceof HandrailError)) throw error;
    log.warn({ problem: explain(error) }, 'a login by the identity provider did not work');
    return `/#/sign-on/${error.code satisfies ErrorCode}`;
  };

  addRoute(
    app,
    {
      method: 'GET',
      url: PATH,
      access: 'public',
      schema: { summary: 'Sends the browser to the identity provider' },
    },
    async ({ reply }) => {
      try {
        const { url, attempt } = await provider.begin();
        // Not strict: the browser comes back from elsewhere.
        const limits = { path: PATH, httpOnly: true, sameSite: 'lax', secure } as const;
        return await reply.setCookie(ATTEMPT_COOKIE, attempts.keep(attempt), limits).redirect(url);
      } catch (error) {
        return reply.redirect(doorWith(error));
      }
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: `${PATH}/callback`,
      access: 'public',
      schema: {
        summary: 'Where the identity provider sends the browser back: sets the session cookie and leads to the page',
        // What else a provider adds is its own.
        querystring: Type.Object({ code: Type.Optional(Type.String()), state: Type.Optional(Type.String()) }),
      },
    },
    async ({ request, reply }) => {
      void reply.clearCookie(ATTEMPT_COOKIE, { path: PATH });
      const attempt = attempts.take(request.cookies[ATTEMPT_COOKIE]);
      // Anybody can call this address: what was not begun here does not fill the audit log.
      if (!attempt) {
        const stranger = new HandrailError('HR_SIGN_ON_FAILED', 'This login was not begun here, or is too old.');
        return reply.redirect(doorWith(stranger));
      }
      try {
        const identity = await provider.finish(new URL(request.url, 'http://localhost'), attempt);
        const role = roleOf(identity.groups, roles);
        const name = userName(identity.name);
        if (role === undefined || name === undefined)
          throw new HandrailError(
            'HR_SIGN_ON_REFUSED',
            role === undefined ? 'none of its groups has a role' : 'no name',
          );
        const { session, was } = await gate.signOn({ external: identity.external, name, role });
        const known = session.principal.name;
        if (was === undefined) await auditor.wrote(known, { action: 'user.add', subject: known, to: role });
        else if (was !== role) await auditor.wrote(known, { action: 'user.role', subject: known, from: was, to: role });
        await auditor.wrote(known, { action: 'session.begin', subject: known, to: provider.name });
        setSession(reply, session.secret, secure);
        return await reply.redirect('/');
      } catch (error) {
        if (error instanceof HandrailError)
          await auditor.wrote('nobody', { action: 'session.refused', subject: provider.name, to: error.code });
        return reply.redirect(doorWith(error));
      }
    },
  );
}

/** Logins that were begun and have not come back; each can come back once. */
class Attempts {
  readonly #begun = new Map<string, { readonly attempt: SignOnAttempt; readonly untilMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** @returns the secret by which the browser finds it again */
  keep(attempt: SignOnAttempt): string {
    const nowMs = this.clock.nowMs();
    for (const [secret, { untilMs }] of this.#begun)
      if (untilMs < nowMs || this.#begun.size >= MAX_ATTEMPTS) this.#begun.delete(secret);
      else break;
    const secret = newSecret();
    this.#begun.set(secret, { attempt, untilMs: nowMs + ATTEMPT_MS });
    return secret;
  }

  take(secret: string | undefined): SignOnAttempt | undefined {
    const found = secret === undefined ? undefined : this.#begun.get(secret);
    if (secret !== undefined) this.#begun.delete(secret);
    return found && found.untilMs >= this.clock.nowMs() ? found.attempt : undefined;
  }
}
