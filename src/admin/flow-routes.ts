import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { FlowDesk } from '../flow/desk.js';
import { diffFlows } from '../flow/diff.js';
import { flowText } from '../flow/flow-text.js';
import { importMenu } from '../flow/import/index.js';
import { flowMistakes, parseFlow } from '../flow/load.js';
import type { Flow } from '../flow/schema.js';
import type { FlowDraft } from '../flow/version-book.js';
import { HandrailError } from '../kernel/errors.js';
import { principalIn } from './access-routes.js';
import { nameOf } from './access/principal.js';
import type { Auditor } from './audit.js';
import { Document, headOf, MAX_FLOW_BYTES, Why } from './flow-parts.js';
import { addRoute } from './route.js';

export interface FlowDeps {
  readonly desk: FlowDesk;
  readonly auditor: Auditor;
}

const strict = { additionalProperties: false } as const;

const Version = Type.Integer({ minimum: 1 });
const Revision = Type.Integer({ minimum: 0, description: 'The revision of the draft that was looked at; 0: none.' });
const Side = Type.String({ pattern: '^(draft|live|[1-9][0-9]{0,8})$', description: '`draft`, `live` or a version.' });

/** The flow of the line: what is live, the draft, versions, differences, publishing and taking back. */
export function registerFlow(app: FastifyInstance, { desk, auditor }: FlowDeps): void {
  addRoute(
    app,
    { method: 'GET', url: '/api/flow', access: 'flow:read', schema: { summary: 'The flow that new calls get' } },
    () => desk.live,
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/draft',
      access: 'flow:read',
      schema: { summary: 'The draft; what is live, with revision 0, where nobody has begun one' },
    },
    async () => draftAnswer(await desk.draft(), desk),
  );

  addRoute(
    app,
    {
      method: 'PUT',
      url: '/api/flow/draft',
      access: 'flow:edit',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'Saves the draft; refused with 409 when somebody else has saved since `revision`',
        body: Type.Object({ revision: Revision, document: Document }, strict),
      },
    },
    async ({ body: { revision, document }, request }) => {
      const who = nameOf(principalIn(request));
      const draft = await desk.saveDraft(document, revision, who);
      const [from, to] = [`revision ${String(revision)}`, `revision ${String(draft.revision)}`];
      await auditor.wrote(who, { action: 'flow.draft', subject: draft.flowId, from, to });
      return { revision: draft.revision, basedOn: draft.basedOn, savedAtWallMs: draft.savedAtWallMs };
    },
  );

  addRoute(
    app,
    { method: 'DELETE', url: '/api/flow/draft', access: 'flow:edit', schema: { summary: 'Throws the draft away' } },
    async ({ request, reply }) => {
      await desk.dropDraft();
      await auditor.wrote(nameOf(principalIn(request)), { action: 'flow.draft.drop', subject: desk.live.flow.id });
      return reply.code(204).send();
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/check',
      access: 'flow:read',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'What is wrong with a document: mistakes of form, else findings of sense',
        body: Type.Object({ document: Document }, strict),
      },
    },
    async ({ body: { document } }) => {
      const mistakes = flowMistakes(document);
      return { mistakes, findings: mistakes.length > 0 ? [] : await desk.check(parseFlow(document, 'flow')) };
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/export',
      access: 'flow:read',
      schema: {
        summary: 'A version, or the draft, as a file: JSON in a stable order, fit for git',
        querystring: Type.Object({ of: Side }, strict),
      },
    },
    async ({ query: { of }, reply }) => {
      const flow = await sideOf(of, desk);
      return reply
        .type('application/json')
        .header('content-disposition', `attachment; filename="${flow.id}.json"`)
        .send(flowText(flow));
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/import',
      access: 'flow:edit',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'An old menu as a flow, and what could not be carried over; nothing is saved',
        body: Type.Object(
          {
            text: Type.String({ description: 'An extensions.conf, or FreePBX’s tables as JSON.' }),
            entry: Type.Optional(Type.String({ maxLength: 100, description: 'Where calls begin in it.' })),
            timezone: Type.String({ maxLength: 64, description: 'IANA name, of its hours.' }),
          },
          strict,
        ),
      },
    },
    ({ body: { text, entry, timezone } }) => importMenu(text, { flowId: desk.live.flow.id, timezone }, entry),
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/publish',
      access: 'flow:publish',
      bodyLimit: MAX_FLOW_BYTES,
      schema: {
        summary: 'Makes the draft of this revision, or the document, go live',
        body: Type.Union([
          Type.Object({ why: Why, revision: Type.Integer({ minimum: 1 }) }, strict),
          Type.Object({ why: Why, document: Document }, strict),
        ]),
      },
    },
    async ({ body, request }) => {
      const act = { author: nameOf(principalIn(request)), why: body.why };
      const from = `version ${String(desk.live.version)}`;
      const version =
        'revision' in body ? await desk.publishDraft(body.revision, act) : await desk.publish(body.document, act);
      const to = `version ${String(version.version)}: ${body.why}`;
      await auditor.wrote(act.author, { action: 'flow.publish', subject: version.flowId, from, to });
      return headOf(version);
    },
  );

  addRoute(
    app,
    {
      method: 'POST',
      url: '/api/flow/rollback',
      access: 'flow:publish',
      schema: {
        summary: 'Makes what an earlier version said go live again, as a new version',
        body: Type.Object({ version: Version, why: Why }, strict),
      },
    },
    async ({ body: { version, why }, request }) => {
      const act = { author: nameOf(principalIn(request)), why };
      const from = `version ${String(desk.live.version)}`;
      const entry = await desk.rollback(version, act);
      const to = `version ${String(entry.version)}, as version ${String(version)}: ${why}`;
      await auditor.wrote(act.author, { action: 'flow.rollback', subject: entry.flowId, from, to });
      return headOf(entry);
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/versions',
      access: 'flow:read',
      schema: { summary: 'All versions, newest first, without their content' },
    },
    async () => (await desk.versions()).map(headOf),
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/versions/:version',
      access: 'flow:read',
      schema: { summary: 'One version with its flow', params: Type.Object({ version: Version }, strict) },
    },
    async ({ params: { version } }) => {
      const { flow, entry } = await desk.version(version);
      return { ...headOf(entry), flow };
    },
  );

  addRoute(
    app,
    {
      method: 'GET',
      url: '/api/flow/diff',
      access: 'flow:read',
      schema: {
        summary: 'What is different between two versions, or a version and the draft',
        querystring: Type.Object({ from: Side, to: Side }, strict),
      },
    },
    async ({ query: { from, to } }) =>
      diffFlows(await sideOf(from, desk), await sideOf(to, desk), [nameOfSide(from), nameOfSide(to)]),
  );
}

function draftAnswer(draft: FlowDraft | undefined, desk: FlowDesk) {
  const { flow, version } = desk.live;
  if (!draft) return { revision: 0, basedOn: version, live: version, document: flow };
  const { revision, basedOn, author, savedAtWallMs, json } = draft;
  return { revision, basedOn, live: version, author, savedAtWallMs, document: JSON.parse(json) as unknown };
}

/** @throws HandrailError HR_FLOW_INVALID for a draft that is no flow, HR_FLOW_VERSION, HR_NOT_THERE without a draft */
async function sideOf(side: string, desk: FlowDesk): Promise<Flow> {
  if (side === 'live') return desk.live.flow;
  if (side !== 'draft') return (await desk.version(Number(side))).flow;
  const draft = await desk.draft();
  if (!draft) throw new HandrailError('HR_NOT_THERE', 'draft');
  return parseFlow(JSON.parse(draft.json), 'draft');
}

function nameOfSide(side: string): string {
  return side === 'draft' || side === 'live' ? side : `version ${side}`;
}
