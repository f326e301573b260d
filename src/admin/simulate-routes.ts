import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { simulate, type SimulationWorld } from '../dialog/simulate.js';
import type { FlowDesk } from '../flow/desk.js';
import type { Meaning } from '../flow/expectation.js';
import { LanguageTag } from '../flow/schema-parts.js';
import type { Clock } from '../kernel/clock.js';
import { Document, flowOf, MAX_FLOW_BYTES } from './flow-parts.js';
import { addRoute } from './route.js';

export interface SimulateDeps {
  readonly desk: FlowDesk;
  /** The line's own NLU, and its clock. */
  readonly simulation: SimulationWorld;
  readonly clock: Clock;
}

const strict = { additionalProperties: false } as const;

const Guess = Type.Object(
  {
    // In JSON an intent that is undefined is absent.
    meaning: Type.Unsafe<Meaning>(
      Type.Object(
        {
          intent: Type.Optional(Type.String()),
          slots: Type.Record(Type.String(), Type.String()),
          answerId: Type.Optional(Type.String()),
        },
        strict,
      ),
    ),
    probability: Type.Number({ minimum: 0, maximum: 1 }),
  },
  strict,
);

export const SimulatedInputs = Type.Array(
  Type.Union([
    Type.Object(
      {
        type: Type.Literal('say'),
        text: Type.String({ minLength: 1, maxLength: 500 }),
        sure: Type.Optional(
          Type.Number({ minimum: 0, maximum: 1, description: 'How sure the recogniser is of the words.' }),
        ),
      },
      strict,
    ),
    Type.Object({ type: Type.Literal('noise') }, strict),
    Type.Object(
      {
        type: Type.Literal('heard'),
        text: Type.String({ maxLength: 2_000 }),
        hypotheses: Type.Array(Guess, { maxItems: 100 }),
        sttMs: Type.Number({ minimum: 0 }),
        nluMs: Type.Number({ minimum: 0 }),
      },
      { ...strict, description: 'As `POST /api/simulate/speech` has answered.' },
    ),
    Type.Object({ type: Type.Literal('keys'), keys: Type.String({ pattern: '^[0-9*#A-D]{1,64}$' }) }, strict),
    Type.Object({ type: Type.Literal('silence') }, strict),
    Type.Object(
      { type: Type.Literal('trouble'), reason: Type.Union([Type.Literal('deadline'), Type.Literal('engine')]) },
      strict,
    ),
    Type.Object({ type: Type.Literal('done'), ok: Type.Boolean() }, strict),
    Type.Object(
      {
        type: Type.Literal('tool'),
        answer: Type.Unknown({ description: 'What the service of a tool node answers; nobody is really asked.' }),
      },
      strict,
    ),
  ]),
  { maxItems: 200 },
);

/** A pretended call: what it is played on, what came, and when it is. */
export const SimulatedRun = {
  document: Type.Optional(Document),
  inputs: SimulatedInputs,
  speech: Type.Boolean({ default: true, description: 'False: there is no recogniser.' }),
  language: Type.Optional({ ...LanguageTag, description: 'The language that this caller has chosen before.' }),
  wallMs: Type.Integer({ minimum: 0, description: 'When the call is, for opening hours; ms since 1970.' }),
};

/** A pretended call on the line's own interpreter and NLU. */
export function registerSimulate(app: FastifyInstance, { desk, simulation }: SimulateDeps): void {
  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/simulate',
      access: 'flow:read',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'A pretended call through a document, or through what is live, step by step',
        body: Type.Object(SimulatedRun, strict),
      },
    },
    ({ body: { document, inputs, language, speech, wallMs } }) =>
      simulate(flowOf(document, desk), inputs, { speech, wallMs, languageModel: false }, simulation, language),
  );
}
