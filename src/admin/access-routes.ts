import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { HandrailError } from '../kernel/errors.js';
import type { AccessStore } from '../store/access-port.js';
import type { AuditLog } from '../store/audit-port.js';
import type { Gate, NewSession } from './access/gate.js';
import { passwordLength } from './access/passwords.js';
import { allPermissions, permissions, rolePermissions, roles } from './access/permissions.js';
import { nameOf, type Principal } from './access/principal.js';
import type { Auditor } from './audit.js';
import { clearSession, isSecure, setSession } from './guard.js';
import { addRoute } from './route.js';

export interface AccessDeps {
  readonly gate: Gate;
  readonly access: AccessStore;
  readonly audit: AuditLog;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;
const Name = Type.String({ pattern: '^[a-z][a-z0-9._-]{0,31}$', description: 'Lower-case letters, digits, . _ and -' });
const Password = Type.String({ minLength: passwordLength.min, maxLength: passwordLength.max });
const Secret = Type.String({ minLength: 1, maxLength: 200 });
const RoleName = Type.Union(roles.map((role) => Type.Literal(role)));
const Scope = Type.Union(allPermissions.map((permission) => Type.Literal(permission)));
const named = Type.Object({ name: Name }, strict);

/** Login, invitations, users, API tokens and the audit log. */
export function registerAccess(app: FastifyInstance, deps: AccessDeps): void {
  registerSession(app, deps);
  registerUsers(app, deps);
  registerTokens(app, deps);

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/audit',
      access: 'audit:read',
      schema: {
        summary: 'Who did what, newest first',
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
            before: Type.Optional(Type.Integer({ minimum: 1, description: 'Only entries with a smaller number.' })),
          },
          strict,
        ),
      },
    },
    ({ query: { limit, before } }) => deps.audit.entries({ limit, ...(before === undefined ? {} : { before }) }),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/audit/verify',
      access: 'audit:read',
      schema: { summary: 'Whether the chain of hashes holds from the first entry to the last' },
    },
    () => deps.audit.verify(),
  );
}

function registerSession(app: FastifyInstance, { gate, access, auditor }: AccessDeps): void {
  const begin = (request: FastifyRequest, reply: FastifyReply, session: NewSession): ReturnType<typeof self> => {
    setSession(reply, session.secret, isSecure(request));
    return self(session.principal);
  };

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/session',
      access: 'public',
      schema: {
        summary: 'Logs in: sets the session cookie',
        body: Type.Object(
          { name: Type.String({ maxLength: 64 }), password: Type.String({ maxLength: passwordLength.max }) },
          strict,
        ),
      },
    },
    async ({ body: { name, password }, request, reply }) => {
      let session: NewSession;
      try {
        session = await gate.login(name, password);
      } catch (error) {
        // What was typed as a name that nobody has may be somebody's password.
        const subject = (await access.user(name)) ? name : 'unknown';
        if (error instanceof HandrailError)
          await auditor.wrote('nobody', { action: 'session.refused', subject, to: error.code });
        throw error;
      }
      await auditor.wrote(name, { action: 'session.begin', subject: name });
      return begin(request, reply, session);
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/session',
      access: 'signed-in',
      schema: { summary: 'Who is logged in, what they may do, and the CSRF token of the session' },
    },
    ({ request }) => self(principalIn(request)),
  );

  addRoute(
    app,
    { method: 'DELETE', url: '/api/session', access: 'signed-in', schema: { summary: 'Logs out' } },
    async ({ request, reply }) => {
      const principal = principalIn(request);
      await gate.logout(principal);
      clearSession(reply);
      await auditor.wrote(nameOf(principal), { action: 'session.end', subject: nameOf(principal) });
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/invitation/look',
      access: 'public',
      schema: { summary: 'Whom an invitation is for', body: Type.Object({ secret: Secret }, strict) },
    },
    async ({ body }) => {
      const { name, role } = await gate.invited(body.secret);
      return { name, role };
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/invitation/accept',
      access: 'public',
      schema: {
        summary: 'Sets the password of the user that the invitation is for, and logs in',
        body: Type.Object({ secret: Secret, password: Password }, strict),
      },
    },
    async ({ body: { secret, password }, request, reply }) => {
      const session = await gate.accept(secret, password);
      const name = nameOf(session.principal);
      await auditor.wrote(name, { action: 'user.password', subject: name });
      return begin(request, reply, session);
    },
  );
}

function registerUsers(app: FastifyInstance, { gate, access, auditor }: AccessDeps): void {
  addRoute(
    app,
    { method: 'GET', url: '/api/users', access: 'access:manage', schema: { summary: 'All users' } },
    async () =>
      (await access.users()).map(({ name, role, passwordHash, external, createdAtWallMs }) => ({
        name,
        role,
        hasPassword: passwordHash !== undefined,
        /** Comes by the identity provider, which says the role at each login. */
        isExternal: external !== undefined,
        createdAtWallMs,
      })),
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/users',
      access: 'access:manage',
      schema: {
        summary: 'A new user, and the secret of the link by which they set their password',
        body: Type.Object({ name: Name, role: RoleName }, strict),
      },
    },
    async ({ body: { name, role }, request }) => {
      await gate.addUser(name, role);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'user.add', subject: name, to: role });
      return { invitation: await gate.invite(name) };
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/users/:name/invitation',
      access: 'access:manage',
      schema: { summary: 'A new link by which the user sets another password', params: named },
    },
    async ({ params: { name }, request }) => {
      if (!(await access.user(name))) throw new HandrailError('HR_NOT_THERE', name);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'user.invite', subject: name });
      return { invitation: await gate.invite(name) };
    },
  );

  addRoute(
    app,
    {
      method: 'PATCH',
      url: '/api/users/:name',
      access: 'access:manage',
      schema: {
        summary: 'Another role',
        params: named,
        body: Type.Object({ role: RoleName }, strict),
      },
    },
    async ({ params: { name }, body: { role }, request, reply }) => {
      const user = await access.user(name);
      if (!user) throw new HandrailError('HR_NOT_THERE', name);
      if (role !== 'admin') await gate.requireOtherAdmin(name);
      await access.setRole(name, role);
      const act = { action: 'user.role', subject: name, from: user.role, to: role };
      await auditor.wrote(nameOf(principalIn(request)), act);
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'DELETE',
      url: '/api/users/:name',
      access: 'access:manage',
      schema: { summary: 'Removes a user; their sessions end', params: named },
    },
    async ({ params: { name }, request, reply }) => {
      const user = await access.user(name);
      if (!user) throw new HandrailError('HR_NOT_THERE', name);
      await gate.requireOtherAdmin(name);
      await access.removeUser(name);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'user.remove', subject: name, from: user.role });
      return reply.code(204).send();
    },
  );
}

function registerTokens(app: FastifyInstance, { gate, access, auditor }: AccessDeps): void {
  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/tokens',
      access: 'access:manage',
      schema: { summary: 'All API tokens, without secrets' },
    },
    async () =>
      (await access.tokens()).map(({ name, scopes, createdBy, createdAtWallMs }) => ({
        name,
        scopes,
        createdBy,
        createdAtWallMs,
      })),
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/tokens',
      access: 'access:manage',
      schema: {
        summary: 'A new API token, shown this once',
        body: Type.Object({ name: Name, scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true }) }, strict),
      },
    },
    async ({ body: { name, scopes }, request }) => {
      const who = nameOf(principalIn(request));
      const token = await gate.addToken(name, scopes, who);
      await auditor.wrote(who, { action: 'token.add', subject: name, to: scopes.join(' ') });
      return { token };
    },
  );

  addRoute(
    app,
    {
      method: 'DELETE',
      url: '/api/tokens/:name',
      access: 'access:manage',
      schema: { summary: 'Ends an API token', params: named },
    },
    async ({ params: { name }, request, reply }) => {
      if (!(await access.removeToken(name))) throw new HandrailError('HR_NOT_THERE', name);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'token.remove', subject: name });
      return reply.code(204).send();
    },
  );
}

/** Who asks, on a route that lets nobody else through. */
export function principalIn({ principal }: { readonly principal: Principal | undefined }): Principal {
  if (!principal) throw new HandrailError('HR_NOT_ALLOWED', 'Nobody is logged in.');
  return principal;
}

/** What a page needs to know about the one who is logged in. */
function self(principal: Principal) {
  return {
    name: principal.name,
    role: principal.kind === 'user' ? principal.role : undefined,
    may: [...principal.may],
    csrf: principal.kind === 'user' ? principal.csrf : undefined,
    permissions,
    roles: rolePermissions,
  };
}
