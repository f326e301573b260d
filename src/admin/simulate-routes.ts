import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { runScenario, scenarioOf } from '../dialog/simulate-scenario.js';
import { simulate, type SimulationWorld } from '../dialog/simulate.js';
import type { FlowDesk } from '../flow/desk.js';
import type { Meaning } from '../flow/expectation.js';
import { parseFlow } from '../flow/load.js';
import { parseScenarios } from '../flow/scenario.js';
import { LanguageTag } from '../flow/schema-parts.js';
import type { Flow } from '../flow/schema.js';
import type { Clock } from '../kernel/clock.js';
import { Document, MAX_FLOW_BYTES } from './flow-parts.js';
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

const run = {
  document: Type.Optional(Document),
  inputs: SimulatedInputs,
  speech: Type.Boolean({ default: true, description: 'False: there is no recogniser.' }),
  language: Type.Optional({ ...LanguageTag, description: 'The language that this caller has chosen before.' }),
  wallMs: Type.Integer({ minimum: 0, description: 'When the call is, for opening hours; ms since 1970.' }),
};

/** Pretended calls on the line's own interpreter and NLU. */
export function registerSimulate(app: FastifyInstance, { desk, simulation, clock }: SimulateDeps): void {
  const flowOf = (document: unknown): Flow => (document === undefined ? desk.live.flow : parseFlow(document, 'flow'));
  const route = { method: 'POST', access: 'flow:read', bodyLimit: MAX_FLOW_BYTES } as const;

  addRoute(
    app,
    {
      ...route,
      url: '/api/simulate',
      schema: {
        summary: 'A pretended call through a document, or through what is live, step by step',
        body: Type.Object(run, strict),
      },
    },
    ({ body: { document, inputs, language, speech, wallMs } }) =>
      simulate(flowOf(document), inputs, { speech, wallMs, languageModel: false }, simulation, language),
  );

  addRoute(
    app,
    {
      ...route,
      url: '/api/simulate/scenario',
      schema: {
        summary: 'The same call as a scenario that expects what happened: `text` of a *.test.yaml',
        body: Type.Object({ ...run, name: Type.String({ minLength: 1, maxLength: 200 }) }, strict),
      },
    },
    ({ body: { document, inputs, language, name, speech, wallMs } }) => {
      const now = { speech, wallMs, languageModel: false };
      return { text: scenarioOf(flowOf(document), name, inputs, now, simulation, language) };
    },
  );

  addRoute(
    app,
    {
      ...route,
      url: '/api/flow/test',
      schema: {
        summary:
          'Plays the scenarios of a *.test.yaml on a document, or on what is live, and tells what was not as expected',
        body: Type.Object({ document: Type.Optional(Document), text: Type.String({ maxLength: 1_000_000 }) }, strict),
      },
    },
    ({ body: { document, text } }) => {
      const flow = flowOf(document);
      const wallMs = clock.wallMs();
      return parseScenarios(text, 'scenarios').scenarios.map((scenario) =>
        runScenario(flow, scenario, wallMs, simulation),
      );
    },
  );
}
