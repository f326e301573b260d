import { Type, type Static } from 'typebox';
import { ClockTime } from './entities.js';
import { CollectNode, ConverseNode, FormNode, MenuNode } from './schema-listening.js';
import { DirectoryNode } from './schema-directory.js';
import { Extension, LanguageTag, Name, NodeId, plain, Prompt, strict } from './schema-parts.js';
import { CallbackNode } from './schema-callback.js';
import { ReturnNode, SubflowNode } from './schema-subflow.js';
import { ToolNode } from './schema-tool.js';

export type { Entity, ListValue } from './entities.js';

const probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

const SayNode = Type.Object({ kind: Type.Literal('say'), prompt: Prompt, next: NodeId, ...plain }, strict);

const BranchNode = Type.Object(
  {
    kind: Type.Literal('branch'),
    cases: Type.Array(
      Type.Object({ variable: Name, is: Type.Array(Type.String(), { minItems: 1 }), next: NodeId }, strict),
      { minItems: 1 },
    ),
    otherwise: NodeId,
    ...plain,
  },
  { ...strict, description: 'The first case whose variable has one of the values; an empty value means “not set”.' },
);

const SetNode = Type.Object(
  { kind: Type.Literal('set'), values: Type.Record(Name, Type.String()), next: NodeId, ...plain },
  strict,
);

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
// A union of a mapped list has no static type of its own.
const Weekday = Type.Unsafe<(typeof weekdays)[number]>(Type.Union(weekdays.map((day) => Type.Literal(day))));

const HoursNode = Type.Object(
  {
    kind: Type.Literal('hours'),
    timezone: Type.String({ description: 'IANA name, for instance Europe/Berlin.' }),
    open: Type.Array(
      Type.Object({ days: Type.Array(Weekday, { minItems: 1 }), from: ClockTime, to: ClockTime }, strict),
      { minItems: 1 },
    ),
    closedOn: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }))),
    whenOpen: NodeId,
    whenClosed: NodeId,
    ...plain,
  },
  strict,
);

const LanguageNode = Type.Object(
  { kind: Type.Literal('language'), language: LanguageTag, next: NodeId, ...plain },
  { ...strict, description: 'From here on the call goes on in this language.' },
);

const TransferNode = Type.Object(
  {
    kind: Type.Literal('transfer'),
    to: Extension,
    prompt: Type.Optional(Prompt),
    ringMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 120000, default: 25000 })),
    failed: NodeId,
    ...plain,
  },
  strict,
);

const VoicemailNode = Type.Object(
  {
    kind: Type.Literal('voicemail'),
    prompt: Prompt,
    maxMs: Type.Optional(Type.Integer({ minimum: 2000, maximum: 600000, default: 120000 })),
    next: NodeId,
    ...plain,
  },
  { ...strict, description: 'Records a message; a key or silence ends it.' },
);

const HangupNode = Type.Object({ kind: Type.Literal('hangup'), prompt: Type.Optional(Prompt), ...plain }, strict);

/** One schema a kind, so that a mistake is told against the right one. */
export const nodeSchemas = {
  menu: MenuNode,
  collect: CollectNode,
  form: FormNode,
  say: SayNode,
  branch: BranchNode,
  set: SetNode,
  hours: HoursNode,
  language: LanguageNode,
  tool: ToolNode,
  subflow: SubflowNode,
  return: ReturnNode,
  converse: ConverseNode,
  directory: DirectoryNode,
  transfer: TransferNode,
  voicemail: VoicemailNode,
  callback: CallbackNode,
  hangup: HangupNode,
} as const;

const Defaults = Type.Object(
  {
    accept: Type.Optional(probability('A guess at least this sure is acted on.')),
    confirm: Type.Optional(probability('A guess at least this sure, but below `accept`, is asked back.')),
    noInputMs: Type.Optional(
      Type.Integer({
        minimum: 1000,
        maximum: 60000,
        description: 'Silence after the prompt that counts as no answer.',
      }),
    ),
    interDigitMs: Type.Optional(
      Type.Integer({ minimum: 500, maximum: 20000, description: 'Pause between keys that ends a row of digits.' }),
    ),
    aiTries: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 5, description: 'Failed tries by speech before the keypad takes over.' }),
    ),
    keypadTries: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        description: 'Failed tries by keys before `giveUp`: so many wrong keys, or so many times no key.',
      }),
    ),
    wrongKeyTries: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, description: 'Wrong keys before `giveUp`, if not `keypadTries`.' }),
    ),
    noKeyTries: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        description: 'Times without a key before `giveUp`, if not `keypadTries`.',
      }),
    ),
  },
  strict,
);

const Texts = Type.Record(
  Type.String({ minLength: 1, maxLength: 200, description: 'Where the text stands in the node.' }),
  Prompt,
);

const RecordingName = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,79}$', description: 'Name of a recording.' });

/** Everything but the nodes; these are checked one by one against `nodeSchemas`. */
export const flowHeadSchema = Type.Object(
  {
    schema: Type.Literal(1),
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    language: LanguageTag,
    start: NodeId,
    operator: Type.Optional(Type.String({ description: 'Node that key 0 leads to, at every moment.' })),
    giveUp: NodeId,
    defaults: Type.Optional(Defaults),
    languages: Type.Optional(
      Type.Record(LanguageTag, Type.Record(NodeId, Texts), {
        description:
          'What callers hear in further languages, node by node: `{"de-DE": {"main": {"prompt": "Guten Tag.", "options.billing.label": "Rechnungen"}}}`. `npx handrail flow lint` names what is missing.',
      }),
    ),
    recordings: Type.Optional(
      Type.Record(LanguageTag, Type.Record(Type.String({ minLength: 1, maxLength: 2000 }), RecordingName), {
        description:
          'Texts for which a recording is played instead of the voice, by language: `{"en-US": {"Welcome.": "welcome-1a2b3c4d"}}`. A text that changes has its recording no more.',
      }),
    ),
  },
  strict,
);

export type FlowHead = Static<typeof flowHeadSchema>;
export type {
  CollectNode,
  Confirm,
  ConverseNode,
  DirectDial,
  FormNode,
  FormSlot,
  Knowledge,
  MenuNode,
  Option,
} from './schema-listening.js';
export type { CallbackNode } from './schema-callback.js';
export type { ModelTool } from './schema-model-tool.js';
export type { DirectoryNode, Person } from './schema-directory.js';
export type { ReturnNode, SubflowNode } from './schema-subflow.js';
export type { ToolNode } from './schema-tool.js';
export type SayNode = Static<typeof SayNode>;
export type BranchNode = Static<typeof BranchNode>;
export type SetNode = Static<typeof SetNode>;
export type HoursNode = Static<typeof HoursNode>;
export type LanguageNode = Static<typeof LanguageNode>;
export type TransferNode = Static<typeof TransferNode>;
export type VoicemailNode = Static<typeof VoicemailNode>;
export type HangupNode = Static<typeof HangupNode>;

export type FlowNode =
  | MenuNode
  | CollectNode
  | FormNode
  | SayNode
  | BranchNode
  | SetNode
  | HoursNode
  | LanguageNode
  | ToolNode
  | SubflowNode
  | ReturnNode
  | ConverseNode
  | DirectoryNode
  | TransferNode
  | VoicemailNode
  | CallbackNode
  | HangupNode;

export type NodeKind = FlowNode['kind'];

/**
 * The flow: a graph of nodes, each with an AI face (phrases, entities) and a keypad face (keys, digits), as a VoiceXML
 * field has a voice grammar and a DTMF grammar. This schema is the only one: editor, API, interpreter and compiler share it.
 *
 * Prompts are plain text. `{name}` puts a variable in; `[ … {name} … ]` is left out when a variable inside has no value.
 * Example sentences name slots in the same way: "can I get a {size} {drink} with {milk}".
 */
export interface Flow extends FlowHead {
  readonly nodes: Readonly<Record<string, FlowNode>>;
}

/** Defaults of a flow, with what is used when the flow says nothing. Thresholds are probabilities, times milliseconds. */
export const flowDefaults = {
  accept: 0.8,
  confirm: 0.35,
  noInputMs: 6000,
  interDigitMs: 3000,
  aiTries: 2,
  keypadTries: 3,
} as const;

export function defaultsOf(flow: Flow): {
  readonly [K in keyof typeof flowDefaults | 'wrongKeyTries' | 'noKeyTries']: number;
} {
  const given = { ...flowDefaults, ...flow.defaults };
  const { keypadTries, wrongKeyTries = keypadTries, noKeyTries = keypadTries } = given;
  return { ...given, wrongKeyTries, noKeyTries };
}
