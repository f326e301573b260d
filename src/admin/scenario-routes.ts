import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { runScenario, scenarioOf } from '../dialog/simulate-scenario.js';
import type { FlowDesk } from '../flow/desk.js';
import type { ScenarioBook } from '../flow/scenario-book.js';
import { parseScenarios, scenarioText } from '../flow/scenario.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { Document, flowOf, MAX_FLOW_BYTES } from './flow-parts.js';
import { addRoute } from './route.js';
import { SimulatedRun, type SimulateDeps } from './simulate-routes.js';

export interface ScenarioDeps extends SimulateDeps {
  readonly desk: FlowDesk;
  readonly scenarios: ScenarioBook;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Text = Type.String({ maxLength: 1_000_000, description: 'Of a *.test.yaml.' });

/** The tests of the flow: kept, played, and made from what was tried. */
export function registerScenarios(app: FastifyInstance, deps: ScenarioDeps): void {
  const { auditor, clock, desk, scenarios, simulation } = deps;
  const kept = () => scenarios.all(desk.live.flow.id);

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/simulate/scenario',
      access: 'flow:read',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'The same call as a scenario that expects what happened: `text` of a *.test.yaml',
        body: Type.Object({ ...SimulatedRun, name: Name }, strict),
      },
    },
    ({ body: { document, inputs, language, name, speech, wallMs } }) => {
      const now = { speech, wallMs, languageModel: false };
      return { text: scenarioText([scenarioOf(flowOf(document, desk), name, inputs, now, simulation, language)]) };
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/tests',
      access: 'flow:read',
      schema: {
        summary: 'The scenarios that are kept with the flow, and the `text` of a *.test.yaml with all of them',
      },
    },
    async () => {
      const all = await kept();
      const tests = all.map(({ scenario: { name }, author, savedAtWallMs }) => ({ name, author, savedAtWallMs }));
      return { tests, text: all.length === 0 ? '' : scenarioText(all.map(({ scenario }) => scenario)) };
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/tests',
      access: 'flow:edit',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'Keeps the scenarios of a *.test.yaml with the flow; of the same name the new one counts',
        body: Type.Object({ text: Text }, strict),
      },
    },
    async ({ body: { text }, request }) => {
      const author = nameOf(principalIn(request));
      const found = parseScenarios(text, 'scenarios').scenarios;
      const [flowId, savedAtWallMs] = [desk.live.flow.id, clock.wallMs()];
      await scenarios.keep(
        flowId,
        found.map((scenario) => ({ scenario, author, savedAtWallMs })),
      );
      const names = found.map(({ name }) => name);
      await auditor.wrote(author, { action: 'flow.test.keep', subject: flowId, to: names.join(', ') });
      return { names };
    },
  );

  addRoute(
    app,
    {
      method: 'DELETE',
      url: '/api/flow/tests',
      access: 'flow:edit',
      schema: { summary: 'Throws one of them away', querystring: Type.Object({ name: Name }, strict) },
    },
    async ({ query: { name }, request, reply }) => {
      const flowId = desk.live.flow.id;
      if (!(await scenarios.drop(flowId, name))) return reply.code(404).send({ error: 'no test has this name' });
      await auditor.wrote(nameOf(principalIn(request)), { action: 'flow.test.drop', subject: flowId, from: name });
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/test',
      access: 'flow:read',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary:
          'Plays the scenarios of a *.test.yaml, or those that are kept, on a document or on what is live: what was not as expected',
        body: Type.Object({ document: Type.Optional(Document), text: Type.Optional(Text) }, strict),
      },
    },
    async ({ body: { document, text } }) => {
      const flow = flowOf(document, desk);
      const wallMs = clock.wallMs();
      const played =
        text === undefined
          ? (await kept()).map(({ scenario }) => scenario)
          : parseScenarios(text, 'scenarios').scenarios;
      return played.map((scenario) => runScenario(flow, scenario, wallMs, simulation));
    },
  );
}
