import { Type, type Static } from 'typebox';
import { Name, NodeId, plain, strict } from './schema-parts.js';

export const CallbackNode = Type.Object(
  {
    kind: Type.Literal('callback'),
    number: Type.Optional({
      ...Name,
      description:
        'Variable with the number to call, for instance of a `collect` node. Absent, or empty: the caller’s own.',
    }),
    about: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'What it is about, for whoever calls back: `Order {order}`.',
      }),
    ),
    next: NodeId,
    failed: NodeId,
    ...plain,
  },
  {
    ...strict,
    description:
      'Notes that the caller wants to be called. `failed`: no number is known, or it could not be kept. The dialplan copy always goes there.',
  },
);

export type CallbackNode = Static<typeof CallbackNode>;
