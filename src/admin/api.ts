import type { FastifyInstance } from 'fastify';
import { metricsContentType } from '../observability/metrics.js';
import type { CallStore } from '../store/port.js';
import type { AdmissionReport, HealthReport, LiveCalls } from './live.js';

export interface ApiDeps {
  readonly calls: CallStore;
  readonly live: LiveCalls;
  readonly health: () => HealthReport;
  /** Decides how new calls are served, until the next decision or restart. */
  readonly setAdmission: (mode: AdmissionReport['mode']) => void;
  /** The page of `/metrics`, in Prometheus' text format. */
  readonly metrics: () => string;
  readonly version: string;
}

const callsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    caller: { type: 'string', minLength: 1, maxLength: 64 },
    since: { type: 'integer', minimum: 0, description: 'Milliseconds since 1970.' },
  },
} as const;

const admissionBody = {
  type: 'object',
  additionalProperties: false,
  required: ['mode'],
  properties: { mode: { enum: ['measured', 'keypad', 'drain'] } },
} as const;

const callParams = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', minLength: 1, maxLength: 200 } },
} as const;

interface CallsQuery {
  readonly limit: number;
  readonly caller?: string;
  readonly since?: number;
}

/** Machines' side of the page: probes, metrics, and the calls as JSON. */
export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  app.get('/healthz', () => ({ alive: true }));

  app.get('/readyz', (_request, reply) => {
    const health = deps.health();
    const degraded = health.parts.filter(({ state }) => state !== 'ready').map(({ name }) => name);
    return reply.code(health.ready ? 200 : 503).send({ ...health, degraded });
  });

  app.get('/metrics', (_request, reply) => reply.type(metricsContentType).send(deps.metrics()));

  app.get('/api/status', () => ({
    version: deps.version,
    health: deps.health(),
    liveCalls: deps.live.snapshot().length,
    store: deps.calls.stats(),
  }));

  app.put<{ Body: Pick<AdmissionReport, 'mode'> }>(
    '/api/admission',
    { schema: { body: admissionBody } },
    ({ body }) => {
      deps.setAdmission(body.mode);
      return deps.health().admission;
    },
  );

  app.get<{ Querystring: CallsQuery }>('/api/calls', { schema: { querystring: callsQuery } }, ({ query }) =>
    deps.calls.recentCalls({
      limit: query.limit,
      ...(query.caller === undefined ? {} : { caller: query.caller }),
      ...(query.since === undefined ? {} : { sinceWallMs: query.since }),
    }),
  );

  app.get<{ Params: { id: string } }>('/api/calls/:id', { schema: { params: callParams } }, async (request, reply) => {
    const call = await deps.calls.call(request.params.id);
    return call ?? reply.code(404).send({ error: 'no such call' });
  });
}
