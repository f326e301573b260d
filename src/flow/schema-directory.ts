import { Type, type Static } from 'typebox';
import { Phrase } from './entities.js';
import { Confirm, listening } from './schema-listening.js';
import { Extension, Name, NodeId, Prompt, strict } from './schema-parts.js';

/** No mark that texts with variables use, and none that parts several people. */
const personName = '^[^;{}\\[\\]]{1,80}$';

const Person = Type.Object(
  {
    name: Type.String({ pattern: personName, description: 'First and last name, as the bot says them.' }),
    lastName: Type.Optional(
      Type.String({
        pattern: personName,
        description: 'What is keyed in first: `van der Berg`. Absent: the last word of the name.',
      }),
    ),
    say: Type.Optional(
      Type.Array(Phrase, { maxItems: 20, description: 'Other names by which callers ask: `Bill Miller`, `the boss`.' }),
    ),
    about: Type.Optional(
      Type.String({ pattern: personName, description: 'Tells people of the same name apart: `sales`.' }),
    ),
    extension: Extension,
  },
  strict,
);

export const DirectoryNode = Type.Object(
  {
    kind: Type.Literal('directory'),
    prompt: Prompt,
    people: Type.Optional(Type.Array(Person, { maxItems: 2000 })),
    slot: Type.Optional({ ...Name, default: 'person', description: 'Variable that gets who was chosen.' }),
    confirm: Type.Optional(Confirm),
    connecting: Type.Optional({
      ...Prompt,
      description: 'Said before it rings: `I am calling {person}.` Absent: a sentence of the bot’s own.',
    }),
    ringMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 120000, default: 25000 })),
    failed: NodeId,
    ...listening,
  },
  {
    ...strict,
    description:
      'Asks for a person by name and calls them. By speech a name is said or spelled; by keys the last name is keyed in, letter by letter, until it is clear who is meant. Whoever shares a name is read out with a key. `failed`: nobody has answered.',
  },
);

export type Person = Static<typeof Person>;
export type DirectoryNode = Static<typeof DirectoryNode>;
