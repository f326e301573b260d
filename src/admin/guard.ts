import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HandrailError } from '../kernel/errors.js';
import type { Gate } from './access/gate.js';
import { LOCAL } from './access/local-token.js';
import type { Principal } from './access/principal.js';
import { sameSecret } from './access/secrets.js';

/** Requests a minute: of one who is logged in or has a token; of an address for what needs no login. */
export const rateLimits = { known: 1_200, unknown: 60 } as const;

const SESSION_COOKIE = 'handrail_session';
const CSRF_HEADER = 'x-csrf-token';

/**
 * Lets a request through to its route only if the route's `access` says so. A route under `/api/` without `access` or schema
 * is a mistake that ends the start.
 *
 * Browsers are known by a cookie that no script can read and no foreign page can send; what changes something must also
 * bring the session's CSRF token. Everything else brings `Authorization: Bearer TOKEN`.
 */
export async function guardRoutes(app: FastifyInstance, gate: Gate): Promise<void> {
  await app.register(fastifyCookie);
  app.decorateRequest('principal', undefined);

  app.addHook('onRoute', ({ url, config, schema }) => {
    if (url.startsWith('/api/') && (!config?.access || !schema))
      throw new Error(`The route ${url} says neither who may call it nor what it takes.`);
  });

  app.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined) return;
    request.principal = await principalOf(request, gate);
    if (access === 'public') return;
    const { principal } = request;
    if (!principal) throw new HandrailError('HR_NOT_ALLOWED', 'Nobody is logged in.');
    if (principal.kind === 'user' && changesSomething(request)) requireCsrf(request, principal.csrf);
    if (access !== 'signed-in' && !principal.may.has(access))
      throw new HandrailError('HR_NOT_ALLOWED', `It needs ${access}.`);
  });

  await app.register(fastifyRateLimit, {
    global: true,
    timeWindow: 60_000,
    max: ({ principal }: FastifyRequest) => (principal ? rateLimits.known : rateLimits.unknown),
    keyGenerator: ({ principal, ip }: FastifyRequest) => (principal ? `${principal.kind} ${principal.name}` : ip),
    // Commands of this machine, and what is no part of the API: the page's files and the probes.
    allowList: ({ principal, routeOptions }: FastifyRequest) =>
      routeOptions.config.access === undefined || (principal?.kind === 'token' && principal.name === LOCAL),
  });
}

/** Whether a page came by TLS, by a proxy's perhaps: then it never sends its cookie without. */
export function isSecure({ headers, protocol }: FastifyRequest): boolean {
  return protocol === 'https' || headers.origin?.startsWith('https:') === true;
}

/** @param secure whether browsers reach us by TLS, so that the cookie may go nowhere else */
export function setSession(reply: FastifyReply, secret: string, secure: boolean): void {
  void reply.setCookie(SESSION_COOKIE, secret, { path: '/', httpOnly: true, sameSite: 'strict', secure });
}

export function clearSession(reply: FastifyReply): void {
  void reply.clearCookie(SESSION_COOKIE, { path: '/' });
}

async function principalOf(request: FastifyRequest, gate: Gate): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? undefined : gate.ofToken(token);
  }
  const secret = request.cookies[SESSION_COOKIE];
  return secret === undefined ? undefined : gate.ofSession(secret);
}

function changesSomething({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function requireCsrf({ headers }: FastifyRequest, csrf: string): void {
  const sent = headers[CSRF_HEADER];
  if (typeof sent !== 'string' || !sameSecret(sent, csrf))
    throw new HandrailError('HR_NOT_ALLOWED', `The header ${CSRF_HEADER} is missing or of another session.`);
}
