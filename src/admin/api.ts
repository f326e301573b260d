import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { metricsContentType } from '../observability/metrics.js';
import type { CallStore } from '../store/port.js';
import type { HealthReport, LiveCalls } from './live.js';
import { addRoute } from './route.js';

export interface ApiDeps {
  readonly calls: CallStore;
  readonly live: LiveCalls;
  readonly health: () => HealthReport;
  /** The page of `/metrics`, in Prometheus' text format. */
  readonly metrics: () => string;
  readonly version: string;
}

const CallsQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    caller: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    since: Type.Optional(Type.Integer({ minimum: 0, description: 'Milliseconds since 1970.' })),
  },
  { additionalProperties: false },
);

const CallParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });

/** Machines' side of the page: probes, metrics, and the calls as JSON. */
export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  app.get('/healthz', () => ({ alive: true }));

  app.get('/readyz', (_request, reply) => {
    const health = deps.health();
    const degraded = health.parts.filter(({ state }) => state !== 'ready').map(({ name }) => name);
    return reply.code(health.ready ? 200 : 503).send({ ...health, degraded });
  });

  app.get('/metrics', (_request, reply) => reply.type(metricsContentType).send(deps.metrics()));

  addRoute(
    app,
    { method: 'GET', url: '/api/status', access: 'calls:read', schema: { summary: 'Version, health and counts' } },
    () => ({
      version: deps.version,
      health: deps.health(),
      liveCalls: deps.live.snapshot().length,
      store: deps.calls.stats(),
    }),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/calls',
      access: 'calls:read',
      schema: { summary: 'Calls with their turns, newest first', querystring: CallsQuery },
    },
    ({ query: { limit, caller, since } }) =>
      deps.calls.recentCalls({
        limit,
        ...(caller === undefined ? {} : { caller }),
        ...(since === undefined ? {} : { sinceWallMs: since }),
      }),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/calls/:id',
      access: 'calls:read',
      schema: { summary: 'One call with its turns', params: CallParams },
    },
    async ({ params: { id }, reply }) => (await deps.calls.call(id)) ?? reply.code(404).send({ error: 'no such call' }),
  );
}
