import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Recordings } from '../store/recordings.js';
import type { Auditor } from './audit.js';
import { addRoute } from './route.js';

/** Begins and ends recordings and captures of calls that are up. */
export interface TapControl {
  tap(callId: string, kind: 'recording' | 'capture', on: boolean): TapResult;
}

export type TapResult =
  | { readonly type: 'done'; readonly file: string }
  /** `not-running`: there was nothing to end. `no-packets`: a capture, where media does not come as packets. */
  | { readonly type: 'not-running' | 'no-such-call' | 'no-packets' };

export interface TapDeps {
  readonly taps: TapControl;
  readonly recordings: Pick<Recordings, 'of' | 'read'>;
  readonly auditor: Auditor;
}

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });
const Body = Type.Object({ on: Type.Boolean() }, { additionalProperties: false });

/** `POST /api/calls/:id/recording` and `…/capture`, on demand and for support. Each is audited. */
export function registerTaps(app: FastifyInstance, { taps, recordings, auditor }: TapDeps): void {
  registerRecordings(app, recordings, auditor);
  for (const [kind, what] of [
    ['recording', 'a recording of a call that is up'],
    ['capture', 'a capture of the packets of a call that is up'],
  ] as const) {
    addRoute(
      app,
      {
        method: 'POST',
        url: `/api/calls/:id/${kind}`,
        access: 'calls:record',
        schema: { summary: `Begins or ends ${what}`, params: Params, body: Body },
      },
      async ({ params: { id }, body: { on }, request, reply }) => {
        const result = taps.tap(id, kind, on);
        switch (result.type) {
          case 'done': {
            const to = on ? 'on' : 'off';
            await auditor.wrote(nameOf(principalIn(request)), { action: `call.${kind}`, subject: id, to });
            return { kind, on, file: result.file };
          }
          case 'not-running':
            return reply.code(409).send({ error: `no ${kind} of this call was running` });
          case 'no-such-call':
            return reply.code(404).send({ error: 'no such call is up' });
          case 'no-packets':
            return reply.code(409).send({ error: 'a capture holds RTP packets, and media.transport is websocket' });
        }
      },
    );
  }
}

/** What was recorded of a call. Who listens is audited. */
function registerRecordings(app: FastifyInstance, recordings: TapDeps['recordings'], auditor: Auditor): void {
  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/calls/:id/recordings',
      access: 'calls:record',
      schema: { summary: 'The recordings of a call, oldest first', params: Params },
    },
    ({ params: { id } }) => recordings.of(id),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/calls/:id/recordings/:name',
      access: 'calls:record',
      schema: {
        summary: 'A recording as WAV: caller left, bot right',
        params: Type.Object({ ...Params.properties, name: Type.String({ minLength: 1, maxLength: 300 }) }),
      },
    },
    async ({ params: { id, name }, request, reply }) => {
      const wav = await recordings.read(id, name);
      if (!wav) return reply.code(404).send({ error: 'this call has no such recording' });
      await auditor.wrote(nameOf(principalIn(request)), { action: 'call.listen', subject: id, to: name });
      return reply.type('audio/wav').send(wav);
    },
  );
}
