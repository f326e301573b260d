import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { HoursOverride } from '../dialog/service-call.js';
import type { Steer } from '../dialog/state.js';
import type { FlowDesk } from '../flow/desk.js';
import { requireNoErrors } from '../flow/lint.js';
import type { Flow } from '../flow/schema.js';
import { HandrailError } from '../kernel/errors.js';
import type { SqliteFigures } from '../store/figures.js';
import type { Clock } from '../kernel/clock.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { Document, flowOf, MAX_FLOW_BYTES } from './flow-parts.js';
import { addRoute } from './route.js';

export interface ControlDeps {
  readonly desk: FlowDesk;
  readonly figures: Pick<SqliteFigures, 'ofNodes'>;
  readonly control: CallControl;
  readonly hours: HoursControl;
  readonly clock: Clock;
  readonly auditor: Auditor;
}

/** Whether the line is open, whatever its calendar says. */
export interface HoursControl {
  readonly value: HoursOverride;
  /** @throws HandrailError */
  set(to: HoursOverride): Promise<void>;
}

/** What an admin may do with calls. */
export interface CallControl {
  /** `not-now`: the call is with a person, or asks nothing at this moment that keys could answer. */
  steer(callId: string, to: Steer): 'done' | 'no-such-call' | 'not-now';
  /** Rings an extension, and takes it through a flow. @returns the id of the call @throws HandrailError */
  tryOut(extension: string, flow: Flow, start: string): Promise<string>;
}

const strict = { additionalProperties: false } as const;
const HOUR_MS = 3_600_000;

/** Calls that are up, tried out or counted: what the canvas shows beside the flow. */
export function registerControl(app: FastifyInstance, deps: ControlDeps): void {
  const { auditor, clock, control, desk, figures, hours } = deps;

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/figures',
      access: 'calls:read',
      schema: {
        summary:
          'What happened at each node: times entered, answered by voice, confirmed, fell back by reason, key 0, hung up; running calls too',
        querystring: Type.Object(
          {
            hours: Type.Integer({
              minimum: 1,
              maximum: 24 * 31,
              default: 1,
              description: 'Of calls that began in them.',
            }),
            version: Type.Optional(Type.Integer({ minimum: 0, description: 'Of this version only; 0: trial calls.' })),
          },
          strict,
        ),
      },
    },
    ({ query: { hours, version } }) =>
      figures.ofNodes({
        flowId: desk.live.flow.id,
        sinceWallMs: clock.wallMs() - hours * HOUR_MS,
        ...(version === undefined ? {} : { version }),
      }),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/hours',
      access: 'calls:read',
      schema: { summary: 'Whether people have set the line open or closed, or it follows its calendar' },
    },
    () => ({ hours: hours.value }),
  );

  addRoute(
    app,
    {
      method: 'PUT',
      url: '/api/hours',
      access: 'calls:control',
      schema: {
        summary: 'Sets the line open or closed, or back to its calendar: for all `hours` nodes, the dialplan copy too',
        body: Type.Object({ hours: Type.Unsafe<HoursOverride>(Type.Enum(['open', 'closed', 'calendar'])) }, strict),
      },
    },
    async ({ body: { hours: to }, request }) => {
      const from = hours.value;
      await hours.set(to);
      await auditor.wrote(nameOf(principalIn(request)), { action: 'line.hours', subject: 'line', from, to });
      return { hours: hours.value };
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/calls/:id/move',
      access: 'calls:control',
      schema: {
        summary: 'Moves a call that is up: to the keypad, to a person, or to its end',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
        body: Type.Object({ to: Type.Unsafe<Steer>(Type.Enum(['keypad', 'person', 'end'])) }, strict),
      },
    },
    async ({ params: { id }, body: { to }, request, reply }) => {
      const outcome = control.steer(id, to);
      if (outcome === 'no-such-call') return reply.code(404).send({ error: 'no such call is up' });
      if (outcome === 'not-now')
        return reply.code(409).send({ error: 'the call is with a person, or asks nothing that keys could answer' });
      await auditor.wrote(nameOf(principalIn(request)), { action: 'call.move', subject: id, to });
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/call',
      access: 'calls:control',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary:
          'Rings an extension and takes whoever answers through the document, or through what is live, as version 0',
        body: Type.Object(
          {
            extension: Type.String({ pattern: '^[0-9A-Za-z_*#+-]{1,40}$', description: 'As in a transfer node.' }),
            node: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Where it begins.' })),
            document: Type.Optional(Document),
          },
          strict,
        ),
      },
    },
    async ({ body: { extension, node, document }, request }) => {
      const flow = flowOf(document, desk);
      const start = node ?? flow.start;
      if (!flow.nodes[start]) throw new HandrailError('HR_NOT_THERE', `node ${start}`);
      requireNoErrors(await desk.check(flow), 'flow');
      const callId = await control.tryOut(extension, flow, start);
      await auditor.wrote(nameOf(principalIn(request)), {
        action: 'flow.call',
        subject: flow.id,
        to: `${extension}, at ${start}`,
      });
      return { callId };
    },
  );
}
