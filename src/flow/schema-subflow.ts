import { Type, type Static } from 'typebox';
import { Name, NodeId, plain, strict } from './schema-parts.js';

export const SubflowNode = Type.Object(
  {
    kind: Type.Literal('subflow'),
    start: NodeId,
    arguments: Type.Optional(
      Type.Record(Name, Type.String({ maxLength: 2000 }), {
        description: 'Variables that are set before, from texts with variables.',
      }),
    ),
    next: NodeId,
    ...plain,
  },
  {
    ...strict,
    description:
      'Goes through the nodes from `start` on until a `return`, then on to `next`: several ways can share them. Variables are those of the call, so what is asked there is known afterwards. At most 8 within each other; a ninth leads to `giveUp`.',
  },
);

export const ReturnNode = Type.Object(
  { kind: Type.Literal('return'), ...plain },
  { ...strict, description: 'Back to the `subflow` node that led here, and on to its `next`.' },
);

export type SubflowNode = Static<typeof SubflowNode>;
export type ReturnNode = Static<typeof ReturnNode>;

/** Subflows within each other. */
export const MAX_SUBFLOWS = 8;
