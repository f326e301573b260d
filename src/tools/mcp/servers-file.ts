import { readFileSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { MCP_SERVER_NAME } from '../../flow/schema-tool.js';
import { HandrailError } from '../../kernel/errors.js';

const strict = { additionalProperties: false } as const;

const Secret = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' }),
    prefix: Type.Optional(Type.String({ pattern: '^[ -~]{0,40}$' })),
  },
  strict,
);
const Texts = Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,63}$' }), Type.String({ maxLength: 2000 }));
const Secrets = Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,63}$' }), Secret);

const ByHttp = Type.Object(
  {
    url: Type.String({ pattern: '^https?://[^\\s#]+$' }),
    headers: Type.Optional(Texts),
    secrets: Type.Optional(Secrets),
  },
  strict,
);
const ByStdio = Type.Object(
  {
    command: Type.String({ minLength: 1 }),
    args: Type.Optional(Type.Array(Type.String())),
    env: Type.Optional(Texts),
    secrets: Type.Optional(Secrets),
  },
  strict,
);

/** How MCP servers are written down elsewhere, too; `secrets` are ours: a header, or an environment variable, and its file. */
const ServersFile = Type.Object(
  {
    mcpServers: Type.Record(Type.String({ pattern: MCP_SERVER_NAME }), Type.Union([ByHttp, ByStdio]), strict),
  },
  strict,
);

export type McpServerEntry = Static<typeof ByHttp> | Static<typeof ByStdio>;

/** @throws HandrailError HR_MCP_SERVERS when it cannot be read, or is not in the form */
export function readServersFile(path: string): ReadonlyMap<string, McpServerEntry> {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new HandrailError('HR_MCP_SERVERS', `${path}: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (!Value.Check(ServersFile, file)) throw new HandrailError('HR_MCP_SERVERS', `${path} ${mistakeIn(file)}`);
  return new Map(Object.entries(file.mcpServers));
}

/** The deepest place that is wrong. */
function mistakeIn(file: unknown): string {
  const mistakes = Value.Errors(ServersFile, file);
  const [deepest] = [...mistakes].sort((a, b) => b.instancePath.length - a.instancePath.length);
  return deepest === undefined ? '' : `${deepest.instancePath === '' ? '/' : deepest.instancePath}: ${deepest.message}`;
}
