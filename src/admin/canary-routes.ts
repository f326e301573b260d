import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { CanaryDesk } from '../flow/canary-desk.js';
import { canaryPlanSchema, type CanaryPlan } from '../flow/canary.js';
import type { FlowDesk } from '../flow/desk.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { Document, headOf, MAX_FLOW_BYTES, Why } from './flow-parts.js';
import { addRoute } from './route.js';

export interface CanaryDeps {
  readonly desk: FlowDesk;
  readonly canary: CanaryDesk;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;
const plan = canaryPlanSchema.properties;

/** A version for some callers, beside the one that is live. */
export function registerCanary(app: FastifyInstance, { auditor, canary, desk }: CanaryDeps): void {
  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/canary',
      access: 'flow:read',
      schema: {
        summary:
          'The canary that was begun last, its end if it has one, and while it runs the figures of both versions; null when there never was one',
      },
    },
    async () => (await canary.report()) ?? null,
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/canary',
      access: 'flow:publish',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'Gives the draft of this revision, or the document, to a share of callers and to the listed numbers',
        body: Type.Union([
          Type.Object({ ...plan, why: Why, revision: Type.Integer({ minimum: 1 }) }, strict),
          Type.Object({ ...plan, why: Why, document: Document }, strict),
        ]),
      },
    },
    async ({ body, request }) => {
      const author = nameOf(principalIn(request));
      const document = 'revision' in body ? await desk.draftDocument(body.revision) : body.document;
      const begun = await canary.begin(document, planOf(body), { author, why: body.why });
      const to = `version ${String(begun.version)}, ${inWords(begun)}: ${body.why}`;
      await auditor.wrote(author, { action: 'flow.canary', subject: begun.flowId, to });
      return begun;
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/canary/promote',
      access: 'flow:publish',
      schema: {
        summary: 'The canary goes live for everybody, as a new version',
        body: Type.Object({ why: Why }, strict),
      },
    },
    async ({ body: { why }, request }) => {
      const author = nameOf(principalIn(request));
      const from = `version ${String(desk.live.version)}`;
      const entry = await canary.promote({ author, why });
      const to = `version ${String(entry.version)}, as canary ${String(entry.restores)}: ${why}`;
      await auditor.wrote(author, { action: 'flow.canary.promote', subject: entry.flowId, from, to });
      return headOf(entry);
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/canary/stop',
      access: 'flow:publish',
      schema: { summary: 'New calls get the live version again', body: Type.Object({ why: Why }, strict) },
    },
    async ({ body: { why }, request, reply }) => {
      const author = nameOf(principalIn(request));
      const { flowId, version } = await canary.stop({ author, why });
      const [from, to] = [`canary ${String(version)}`, `version ${String(desk.live.version)}: ${why}`];
      await auditor.wrote(author, { action: 'flow.canary.stop', subject: flowId, from, to });
      return reply.code(204).send();
    },
  );
}

function planOf({ share, callers, guard }: CanaryPlan): CanaryPlan {
  return { share, callers, ...(guard ? { guard } : {}) };
}

function inWords({ share, callers, guard }: CanaryPlan): string {
  const numbers = callers.length === 0 ? '' : ` and ${String(callers.length)} listed`;
  const limit = guard ? `, taken back when ${guard.figure} is worse by ${String(guard.worseBy)}` : '';
  return `${String(Math.round(share * 1000) / 10)} % of callers${numbers}${limit}`;
}
