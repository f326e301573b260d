import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import type { AdmissionReport, HealthReport } from './live.js';
import { addRoute } from './route.js';

export interface LineDeps {
  readonly health: () => HealthReport;
  /** Decides how new calls are served, until the next decision or restart. */
  readonly setAdmission: (mode: AdmissionReport['mode']) => void;
  /** Switches an engine off or on, until the next switch or restart. @returns whether there is one of this name */
  readonly switchEngine: (name: string, on: boolean) => boolean;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;

const AdmissionBody = Type.Object(
  { mode: Type.Unsafe<AdmissionReport['mode']>(Type.Enum(['measured', 'keypad', 'drain'])) },
  strict,
);
const SwitchBody = Type.Object({ engine: Type.String({ minLength: 1, maxLength: 100 }), on: Type.Boolean() }, strict);

/** The switches of the line: how new calls are served, and which engines are asked at all. */
export function registerLine(app: FastifyInstance, { auditor, health, setAdmission, switchEngine }: LineDeps): void {
  addRoute(
    app,
    {
      method: 'PUT',
      url: '/api/admission',
      access: 'calls:control',
      schema: { summary: 'How new calls are served from now on', body: AdmissionBody },
    },
    async ({ body: { mode }, request }) => {
      const from = health().admission.mode;
      setAdmission(mode);
      await auditor.wrote(nameOf(principalIn(request)), {
        action: 'line.admission',
        subject: 'new calls',
        from,
        to: mode,
      });
      return health().admission;
    },
  );

  addRoute(
    app,
    {
      method: 'PUT',
      url: '/api/engines',
      access: 'calls:control',
      schema: { summary: 'Whether an engine is asked at all, by its name in the health', body: SwitchBody },
    },
    async ({ body: { engine, on }, request, reply }) => {
      if (!switchEngine(engine, on)) return reply.code(404).send({ error: 'no engine of this name can be switched' });
      await auditor.wrote(nameOf(principalIn(request)), {
        action: 'line.engine',
        subject: engine,
        to: on ? 'on' : 'off',
      });
      return health().parts.find(({ name }) => name === engine);
    },
  );
}
