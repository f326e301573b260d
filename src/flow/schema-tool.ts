import { Type, type Static } from 'typebox';
import { Name, NodeId, NoFiller, plain, Prompt, strict } from './schema-parts.js';

/** How an operator may call an MCP server. */
export const MCP_SERVER_NAME = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';

/**
 * The type of a value, as JSON Schema. Of numbers and truth values the variable gets the text: `12`, `true`.
 */
export const ValueType = Type.Union([
  Type.Object(
    {
      type: Type.Literal('string'),
      enum: Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { minItems: 1, maxItems: 200 })),
      minLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 300 })),
      maxLength: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 300, description: 'In characters. 300 when absent.' }),
      ),
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('integer'),
      minimum: Type.Optional(Type.Number()),
      maximum: Type.Optional(Type.Number()),
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal('number'),
      minimum: Type.Optional(Type.Number()),
      maximum: Type.Optional(Type.Number()),
    },
    strict,
  ),
  Type.Object({ type: Type.Literal('boolean') }, strict),
]);

const ToolResult = Type.Object(
  {
    name: Name,
    at: Type.String({
      pattern: '^(/([^/~]|~[01]){0,100}){1,10}$',
      description:
        'Where the value stands in the answer, as JSON Pointer (RFC 6901): `/order/state`. Of an MCP tool the answer is its structured content, else its text: as JSON, or under `/text`.',
    }),
    schema: ValueType,
    optional: Type.Optional(
      Type.Boolean({ default: false, description: 'Absent or null in the answer: the variable has no value then.' }),
    ),
  },
  strict,
);

const ToolSecret = Type.Object(
  {
    header: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$', description: 'Header that carries it.' }),
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
      description: 'Name of its file in the folder `tools.secretsDir`. Read at each call.',
    }),
    prefix: Type.Optional(Type.String({ pattern: '^[ -~]{0,40}$', description: 'Before it: `Bearer `.' })),
  },
  strict,
);

const method = Type.Union(
  [Type.Literal('GET'), Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH'), Type.Literal('DELETE')],
  { default: 'GET' },
);

const McpCall = Type.Object(
  {
    server: Type.String({
      pattern: MCP_SERVER_NAME,
      description: 'Its name in the file `tools.mcpFile`.',
    }),
    tool: Type.String({ pattern: '^[A-Za-z0-9_./-]{1,128}$', description: 'As the server lists it.' }),
    arguments: Type.Optional(
      Type.Record(Name, Type.String({ maxLength: 2000 }), {
        description:
          'Texts with variables; each becomes the type that the tool’s own schema wants. An empty one is left out.',
      }),
    ),
  },
  { ...strict, description: 'Calls a tool of an MCP server, instead of a `url`.' },
);

/** What is asked, and what is taken of the answer: the same for a node and for what a language model may ask. */
export const toolCallFields = {
  url: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s{}/?#@]+([/?][^\\s#]*)?$',
      maxLength: 1000,
      description: 'Variables stand in path and query, escaped: `https://shop.example/orders/{orderNumber}`.',
    }),
  ),
  method: Type.Optional(method),
  headers: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }), Type.String({ pattern: '^[ -~]{0,500}$' }), {
      description: 'Headers that are no secret.',
    }),
  ),
  secret: Type.Optional(ToolSecret),
  body: Type.Optional(
    Type.Record(Name, Type.String({ maxLength: 2000 }), {
      description: 'Sent as a JSON object of texts, with variables; not with GET.',
    }),
  ),
  mcp: Type.Optional(McpCall),
  deadlineMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 30000, default: 3000 })),
  results: Type.Array(ToolResult, { maxItems: 20 }),
} as const;

export const ToolNode = Type.Object(
  {
    kind: Type.Literal('tool'),
    prompt: Type.Optional(Prompt),
    ...toolCallFields,
    noFiller: NoFiller,
    sensitive: Type.Optional(Type.Boolean({ description: 'What comes back is never stored or logged.' })),
    next: NodeId,
    failed: NodeId,
    ...plain,
  },
  {
    ...strict,
    description:
      'Asks a web service, or a tool of an MCP server, on both faces. Only hosts of `tools.hosts` and servers of `tools.mcpFile` are asked. `failed` is the way when it refuses, is late, answers too much, or not in the declared form; the dialplan copy always goes there.',
  },
);

export type ToolNode = Static<typeof ToolNode>;
export type ToolCall = Pick<ToolNode, keyof typeof toolCallFields>;

/** Longest wait for a web service, in milliseconds, unless the node says otherwise. */
export const TOOL_DEADLINE_MS = 3_000;
