import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { SqliteCallbacks } from '../store/callbacks.js';
import type { Clock } from '../kernel/clock.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { addRoute } from './route.js';

export interface CallerDeps {
  readonly callbacks: SqliteCallbacks;
  readonly listening: ListenControl;
  readonly clock: Clock;
  readonly auditor: Auditor;
}

export interface ListenControl {
  /** Rings an extension, which then hears a call that is up. @throws HandrailError */
  listen(callId: string, extension: string): Promise<'ringing' | 'no-such-call'>;
  /** Ends that. @returns whether anybody listened there, or was rung */
  stop(callId: string, extension: string): boolean;
}

const strict = { additionalProperties: false } as const;

/** Callers who want to be called, and calls that are listened to. */
export function registerCallers(app: FastifyInstance, { auditor, callbacks, clock, listening }: CallerDeps): void {
  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/callbacks',
      access: 'calls:read',
      schema: {
        summary: 'Callers who want to be called, newest first',
        querystring: Type.Object(
          { open: Type.Boolean({ default: true, description: 'Only those that are not done.' }) },
          strict,
        ),
      },
    },
    ({ query: { open } }) => callbacks.list(open),
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/callbacks/:id/done',
      access: 'calls:control',
      schema: {
        summary: 'Says that somebody has called back',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
      },
    },
    async ({ params: { id }, request, reply }) => {
      const who = nameOf(principalIn(request));
      if (!(await callbacks.done(id, who, clock.wallMs())))
        return reply.code(404).send({ error: 'no such open request' });
      await auditor.wrote(who, { action: 'callback.done', subject: String(id) });
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/calls/:id/listen',
      access: 'calls:listen',
      schema: {
        summary:
          'Rings an extension; whoever answers hears a call that is up, both sides of it, and is not heard. Or ends that',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) }),
        body: Type.Object(
          {
            extension: Type.String({ pattern: '^[0-9A-Za-z_*#+-]{1,40}$', description: 'As in a transfer node.' }),
            on: Type.Boolean({ default: true, description: 'False: it is hung up.' }),
          },
          strict,
        ),
      },
    },
    async ({ params: { id }, body: { extension, on }, request, reply }) => {
      const who = nameOf(principalIn(request));
      if (!on) {
        if (!listening.stop(id, extension))
          return reply.code(409).send({ error: 'nobody listens to this call at that extension' });
        await auditor.wrote(who, { action: 'call.listen-end', subject: id, to: extension });
        return reply.code(204).send();
      }
      // Before it rings: whoever listens is written down, whatever happens then.
      await auditor.wrote(who, { action: 'call.listen-in', subject: id, to: extension });
      if ((await listening.listen(id, extension)) === 'no-such-call')
        return reply.code(404).send({ error: 'no such call is up' });
      return reply.code(204).send();
    },
  );
}
