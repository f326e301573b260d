import type { NodeKind } from '../../../../src/flow/schema.js';
import { nodeSchemas } from '../../../../src/flow/schema.js';
import { jsonSchemaOf, type FieldSchema } from './field.js';

/** Fields that have a form of their own beside this one: both faces of a question, hours, cases, ways, and what all nodes have. */
const elsewhere: ReadonlySet<string> = new Set([
  'kind',
  'note',
  'prompt',
  // ListeningFields
  'keyPrompt',
  'noInput',
  'noMatch',
  'noKey',
  'wrongKey',
  'bargeIn',
  // OptionFields, KnowledgeFields, HoursFields, BranchFields
  'options',
  'exits',
  'knowledge',
  'timezone',
  'open',
  'closedOn',
  'cases',
  // Ways
  'next',
  'failed',
  'start',
  'whenOpen',
  'whenClosed',
  'otherwise',
]);

/** What a node is about stands at once; the rest is under “More”. */
const first: Readonly<Partial<Record<NodeKind, readonly string[]>>> = {
  collect: ['slot', 'entity', 'confirm'],
  form: ['slots', 'examples', 'confirmPrompt', 'confirm'],
  set: ['values'],
  language: ['language'],
  tool: ['url', 'method', 'results'],
  transfer: ['to'],
  directory: ['people', 'confirm'],
  subflow: ['arguments'],
};

export interface NodeFields {
  readonly schema: FieldSchema;
  readonly first: readonly string[];
  readonly more: readonly string[];
}

/** Every field of a kind of node that has no form of its own: what is added to the schema is in one of the two. */
export function nodeFields(kind: NodeKind): NodeFields {
  const schema = jsonSchemaOf(nodeSchemas[kind]);
  const asked = first[kind] ?? [];
  // A listening node shows it beside its other answers.
  const listens = schema.properties?.['keyPrompt'] !== undefined;
  const more = Object.keys(schema.properties ?? {}).filter(
    (name) => !elsewhere.has(name) && !asked.includes(name) && !(listens && name === 'sensitive'),
  );
  return { schema, first: asked, more };
}
