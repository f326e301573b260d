import { Type, type Static } from 'typebox';
import { Entity, Phrase } from './entities.js';
import { ModelTool } from './schema-model-tool.js';
import { LanguageTag, Name, NodeId, NoFiller, Prompt, strict } from './schema-parts.js';

/* ---------------------------------------------------------------- what every listening node shares */

const Key = Type.String({
  pattern: '^[1-9]$',
  description: 'The key for this option. 0, * and # have fixed meanings.',
});

export const Confirm = Type.Union([Type.Literal('always'), Type.Literal('unsure'), Type.Literal('never')], {
  description: 'When to ask back before acting: always, when the confidence is between confirm and accept, or never.',
});

export const listening = {
  note: Type.Optional(Type.String({ maxLength: 2000 })),
  keyPrompt: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2000, description: 'Keypad prompt. Made from the labels when absent.' }),
  ),
  bargeIn: Type.Optional(
    Type.Boolean({ description: 'Whether speech stops the prompt. Keys always do. Default true.' }),
  ),
  sensitive: Type.Optional(Type.Boolean({ description: 'Words and digits of this node are never stored or logged.' })),
  wrongKey: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2000, description: 'Said when a key has no meaning here.' }),
  ),
  noKey: Type.Optional(
    Type.String({ minLength: 1, maxLength: 2000, description: 'Said on the keypad when no key comes.' }),
  ),
  noInput: Type.Optional(
    Type.Array(Prompt, { maxItems: 4, description: 'Said when the caller says nothing, in turn.' }),
  ),
  noMatch: Type.Optional(
    Type.Array(Prompt, { maxItems: 4, description: 'Said when nothing was understood, in turn.' }),
  ),
};

const others = Type.Optional(
  Type.Array(Phrase, {
    maxItems: 200,
    description: 'Sentences that callers say here and that mean none of the options.',
  }),
);

const Option = Type.Object(
  {
    id: Name,
    label: Type.String({ minLength: 1, maxLength: 100, description: 'As in “for LABEL, press KEY”.' }),
    key: Key,
    phrases: Type.Array(Phrase, { minItems: 1, maxItems: 200 }),
    next: NodeId,
    language: Type.Optional({
      ...LanguageTag,
      description: 'Offered by keys in this language; whoever takes it goes on in it.',
    }),
  },
  strict,
);

const DirectDial = Type.Object(
  {
    number: Type.String({ pattern: '^[1-9][0-9]{1,7}$', description: 'What is dialled. It does not begin with 0.' }),
    next: NodeId,
  },
  { ...strict, description: 'A number that callers who know it may dial instead of a key.' },
);

/* ---------------------------------------------------------------- nodes */

export const MenuNode = Type.Object(
  {
    kind: Type.Literal('menu'),
    prompt: Prompt,
    options: Type.Array(Option, { minItems: 1, maxItems: 9 }),
    directDial: Type.Optional(
      Type.Array(DirectDial, {
        minItems: 1,
        maxItems: 200,
        description:
          'Numbers that may be dialled here, and where each leads; no other number is. A key that also begins a number waits `interDigitMs` for the next one.',
      }),
    ),
    others,
    ...listening,
  },
  {
    ...strict,
    description: 'One of several ways. A sentence that already fills the form behind an option is taken whole.',
  },
);

export const CollectNode = Type.Object(
  {
    kind: Type.Literal('collect'),
    prompt: Prompt,
    slot: Name,
    entity: Entity,
    examples: Type.Optional(Type.Array(Phrase, { maxItems: 50 })),
    confirm: Type.Optional(Confirm),
    confirmPrompt: Type.Optional(Prompt),
    records: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Asks whether the call may be recorded: `yes` begins the recording, where `media.record` is `consent`; any other answer goes on without. The answer is in the call’s record.',
      }),
    ),
    next: NodeId,
    ...listening,
  },
  { ...strict, description: 'Asks for one value.' },
);

const FormSlot = Type.Object(
  {
    name: Name,
    ask: Prompt,
    label: Type.String({ minLength: 1, maxLength: 100 }),
    required: Type.Optional(Type.Boolean({ default: false })),
    entity: Entity,
  },
  strict,
);

export const FormNode = Type.Object(
  {
    kind: Type.Literal('form'),
    prompt: Prompt,
    slots: Type.Array(FormSlot, { minItems: 1, maxItems: 12 }),
    examples: Type.Array(Phrase, { minItems: 1, maxItems: 100 }),
    confirm: Type.Optional(Confirm),
    confirmPrompt: Prompt,
    next: NodeId,
    ...listening,
  },
  { ...strict, description: 'Several slots from one sentence; asks for required ones that are missing.' },
);

const Knowledge = Type.Object(
  {
    id: Name,
    questions: Type.Array(Phrase, { minItems: 1, maxItems: 100 }),
    answer: Prompt,
  },
  { ...strict, description: 'An answer that people wrote, with examples of the question.' },
);

export const ConverseNode = Type.Object(
  {
    kind: Type.Literal('converse'),
    prompt: Prompt,
    knowledge: Type.Array(Knowledge, { maxItems: 500 }),
    llm: Type.Optional(
      Type.Object(
        {
          instructions: Type.String({
            minLength: 1,
            maxLength: 4000,
            description: 'Who the bot is and what it may do.',
          }),
          maxSentences: Type.Optional(Type.Integer({ minimum: 1, maximum: 6, default: 2 })),
          noFiller: NoFiller,
          tools: Type.Optional(
            Type.Array(ModelTool, {
              maxItems: 8,
              description:
                'Services that the model may have asked, one a question; they are asked as those of `tool` nodes are.',
            }),
          ),
          exits: Type.Optional(
            Type.Boolean({
              default: false,
              description: 'The model may propose one of the exits; the caller is asked before it is taken.',
            }),
          ),
        },
        {
          ...strict,
          description: 'Lets the language model answer what the knowledge does not, where one is configured.',
        },
      ),
    ),
    unknown: Type.Optional(Prompt),
    anythingElse: Type.Optional(Prompt),
    maxTurns: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 8 })),
    exits: Type.Array(Option, { minItems: 1, maxItems: 9 }),
    others,
    ...listening,
  },
  { ...strict, description: 'Questions and answers, left by named exits; by keys it is a menu of its exits.' },
);

export type MenuNode = Static<typeof MenuNode>;
export type CollectNode = Static<typeof CollectNode>;
export type FormNode = Static<typeof FormNode>;
export type FormSlot = Static<typeof FormSlot>;
export type ConverseNode = Static<typeof ConverseNode>;
export type Option = Static<typeof Option>;
export type DirectDial = Static<typeof DirectDial>;
export type Knowledge = Static<typeof Knowledge>;
export type Confirm = Static<typeof Confirm>;
