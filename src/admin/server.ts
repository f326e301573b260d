import { existsSync } from 'node:fs';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Cancel, Clock } from '../kernel/clock.js';
import { HandrailError, type ErrorCode } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { principalIn, registerAccess, type AccessDeps } from './access-routes.js';
import type { Principal } from './access/principal.js';
import { registerApi } from './api.js';
import type { ApiDeps } from './api.js';
import { Auditor } from './audit.js';
import { registerCallers, type CallerDeps } from './caller-routes.js';
import { registerControl, type ControlDeps } from './control-routes.js';
import { registerCanary, type CanaryDeps } from './canary-routes.js';
import { registerFlow, type FlowDeps } from './flow-routes.js';
import { guardRoutes } from './guard.js';
import { registerLine, type LineDeps } from './line-routes.js';
import { LiveFeed } from './live-feed.js';
import { serveOpenApi } from './openapi.js';
import { hostAllowed, originAllowed } from './origin.js';
import { registerPrompts, type PromptDeps } from './prompt-routes.js';
import { registerSignOn, type SignOnDeps } from './sign-on-routes.js';
import { registerScenarios, type ScenarioDeps } from './scenario-routes.js';
import { registerSimulate } from './simulate-routes.js';
import { registerTaps } from './taps-api.js';
import type { TapControl, TapDeps } from './taps-api.js';
import { readTls, TlsKeeper, type TlsFiles } from './tls.js';
import { registerVoice, type Voice } from './voice-routes.js';

export interface AdminDeps
  extends
    ApiDeps,
    Omit<LineDeps, 'auditor'>,
    Omit<AccessDeps, 'auditor'>,
    Omit<SignOnDeps, 'auditor'>,
    Omit<FlowDeps, 'auditor'>,
    Omit<CanaryDeps, 'auditor'>,
    Omit<ControlDeps, 'auditor'>,
    Omit<PromptDeps, 'auditor'>,
    Omit<CallerDeps, 'auditor'>,
    Omit<ScenarioDeps, 'auditor'> {
  /** Folder of the built page (web/dist). A page that is not built is told as such. */
  readonly webDir: string;
  /** Folder of the documentation as a site (dist/docs); served under /docs/ where it is there. */
  readonly docsDir: string;
  readonly taps: TapControl;
  readonly recordings: TapDeps['recordings'];
  readonly voice: Voice;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AdminOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Host name that browsers use when a proxy stands before us. */
  readonly publicName?: string | undefined;
  /** Without it the page is served unencrypted. */
  readonly tls?: TlsFiles | undefined;
  readonly deps: AdminDeps;
}

export interface Admin {
  readonly url: string;
  /** Reads certificate and key again. Without effect where there are none. */
  reloadTls(): void;
  /** Ends all connections. Idempotent. */
  close(): Promise<void>;
}

const HEALTH_REFRESH_MS = 1_000;

/** No inline script or style, nothing from elsewhere, no framing. `'self'` covers the websocket (CSP 3). */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Serves the admin page, its API and its live feed.
 * @throws HandrailError HR_PORT_IN_USE, HR_CONFIG_INVALID (an address that is not ours), HR_TLS_FILES
 */
export async function createAdmin(options: AdminOptions): Promise<Admin> {
  const app = await buildAdmin(options);
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    await app.close();
    throw listenError(error, options);
  }
  const { port } = app.server.address() as AddressInfo;
  const host = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  const { clock, log } = options.deps;
  const keeper = options.tls && new TlsKeeper(app.server as unknown as HttpsServer, options.tls, clock, log);
  let closing: Promise<void> | undefined;
  return {
    url: `${keeper ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    reloadTls: () => keeper?.reload(),
    close: () => {
      keeper?.close();
      return (closing ??= app.close().then(() => undefined));
    },
  };
}

/** The server without its socket, for tests with `inject`. */
export async function buildAdmin({
  publicName,
  tls,
  deps,
}: Omit<AdminOptions, 'host' | 'port'>): Promise<FastifyInstance> {
  const app = fastify({
    ...(tls ? { https: readTls(tls) } : {}),
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 64 * 1024,
    // A field that nobody knows is a mistake; taken away, it would be gone from the next branch of a union too.
    ajv: { customOptions: { removeAdditional: false } },
    // Its routes are the same with and without TLS.
  }) as FastifyInstance;

  // Before our own hook: it closes the sockets of handshakes that are refused.
  await app.register(fastifyWebsocket, { options: { maxPayload: 1_024 } });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    // By route, not by URL: `/%61pi/calls` reaches the same route.
    if (!request.routeOptions.url?.startsWith('/api/')) return;
    reply.header('cache-control', 'no-store');
    const { host, origin } = request.headers;
    if (!hostAllowed(host, publicName) || !originAllowed(origin, host)) {
      await reply.code(403).send({ error: 'this host or origin may not ask; see admin.publicName' });
    }
  });

  app.setErrorHandler((error: FastifyError | HandrailError, request, reply) => {
    const known = error instanceof HandrailError;
    const status = known ? statusOf(error.code, request.principal !== undefined) : (error.statusCode ?? 500);
    if (status >= 500) deps.log.error({ error }, 'an admin request failed');
    if (known)
      return reply.code(status).send({ error: error.message, code: error.code, where: error.where, mend: error.mend });
    return reply.code(status).send({ error: status < 500 ? error.message : 'internal error' });
  });

  await guardRoutes(app, deps.gate);
  await serveOpenApi(app, deps.version);
  const auditor = new Auditor(deps.audit, deps.clock, deps.log);
  registerApi(app, deps);
  registerLine(app, { ...deps, auditor });
  registerAccess(app, { ...deps, auditor });
  registerSignOn(app, { ...deps, auditor });
  registerFlow(app, { ...deps, auditor });
  registerCanary(app, { ...deps, auditor });
  registerSimulate(app, deps);
  registerScenarios(app, { ...deps, auditor });
  registerControl(app, { ...deps, auditor });
  registerCallers(app, { ...deps, auditor });
  registerPrompts(app, { ...deps, auditor });
  registerTaps(app, { ...deps, auditor });
  registerVoice(app, deps);
  registerLive(app, deps);

  if (existsSync(deps.docsDir)) {
    await app.register(fastifyStatic, { root: deps.docsDir, prefix: '/docs/', decorateReply: false });
  }
  if (existsSync(deps.webDir)) {
    await app.register(fastifyStatic, {
      root: deps.webDir,
      preCompressed: true,
      cacheControl: false,
      // What has the hash of its content in its name never changes; the page that names them may at each upgrade.
      setHeaders: (reply, path) =>
        void reply.header(
          'cache-control',
          dirname(path) === join(deps.webDir, 'assets') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  } else {
    app.get('/', (_request, reply) => reply.code(503).send('The page is not built: run `npm run build`.\n'));
  }
  return app;
}

/** What a known error means to who asks; what is not named here is our trouble. */
function statusOf(code: ErrorCode, loggedIn: boolean): number {
  switch (code) {
    case 'HR_FLOW_INVALID':
    case 'HR_IMPORT':
    case 'HR_SCENARIO':
    case 'HR_WAV_INVALID':
      return 422;
    case 'HR_FLOW_CONFLICT':
    case 'HR_NAME_TAKEN':
    case 'HR_LAST_ADMIN':
      return 409;
    case 'HR_FLOW_VERSION':
    case 'HR_NOT_THERE':
      return 404;
    case 'HR_INVITATION':
      return 410;
    case 'HR_LOGIN_FAILED':
    case 'HR_SIGN_ON_FAILED':
      return 401;
    case 'HR_LOGIN_LOCKED':
      return 429;
    case 'HR_NOT_ALLOWED':
      return loggedIn ? 403 : 401;
    case 'HR_ARI_UNREACHABLE':
    case 'HR_ENGINE_DOWN':
    case 'HR_ENGINE_DEADLINE':
      return 503;
    default:
      return 500;
  }
}

function registerLive(app: FastifyInstance, { gate, live, health, clock }: AdminDeps): void {
  const feeds = new Map<LiveFeed, Reader>();
  let cancel: Cancel | undefined;
  const refresh = (): void => {
    for (const [feed, { principal, socket }] of feeds) {
      feed.refreshHealth();
      // Whoever was logged out, or may less than before, reads no further.
      const still = async (): Promise<boolean> => (await gate.again(principal))?.may.has('calls:read') === true;
      still().then(
        (reads) => reads || socket.terminate(),
        () => undefined,
      );
    }
    cancel = feeds.size > 0 ? clock.after(HEALTH_REFRESH_MS, refresh) : undefined;
  };
  app.addHook('onClose', () => cancel?.());

  const schema = { summary: 'Live calls, over a websocket' };
  app.get('/api/live', { websocket: true, config: { access: 'calls:read' }, schema }, (socket, request) => {
    const feed = new LiveFeed(socket, { live, health, nowWallMs: () => clock.wallMs() });
    feeds.set(feed, { principal: principalIn(request), socket });
    cancel ??= clock.after(HEALTH_REFRESH_MS, refresh);
    socket.on('close', () => {
      feed.close();
      feeds.delete(feed);
    });
    socket.on('error', () => socket.terminate());
  });
}

interface Reader {
  readonly principal: Principal;
  readonly socket: { terminate(): void };
}

function listenError(error: unknown, { host, port }: AdminOptions): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new HandrailError('HR_PORT_IN_USE', `admin: ${host}:${port}`, { cause: error });
    case 'EACCES':
      return new HandrailError('HR_CONFIG_INVALID', `admin.port: this user may not listen on ${port}`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new HandrailError('HR_CONFIG_INVALID', `admin.host: ${host} is no address of this machine`, {
        cause: error,
      });
    default:
      return error;
  }
}
