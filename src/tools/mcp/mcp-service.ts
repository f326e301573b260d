import type { ToolCall } from '../../flow/schema-tool.js';
import { toolArguments } from '../../flow/tool.js';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/log.js';
import type { ToolService } from '../asked-tools.js';
import { ToolFailure, type ToolOutcome } from '../outcome.js';
import type { ToolSecrets } from '../secrets.js';
import { argumentMistake } from './arguments.js';
import { HttpWire } from './http-wire.js';
import { McpServer, type ListedTool } from './mcp-server.js';
import type { McpServerEntry } from './servers-file.js';
import { StdioWire } from './stdio-wire.js';

export interface McpServiceOptions {
  readonly servers: ReadonlyMap<string, McpServerEntry>;
  readonly secrets: ToolSecrets;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface McpServerState {
  readonly name: string;
  /** Absent: it is there. */
  readonly why: ToolOutcome | undefined;
}

const LOOK_UP_WITHIN_MS = 1_500;

/** Tools of the MCP servers that the operator has named. A flow names server and tool, never an address or a command. */
export class McpService implements ToolService {
  readonly #servers: ReadonlyMap<string, McpServer>;

  constructor(private readonly options: McpServiceOptions) {
    const made = [...options.servers].map(([name, entry]) => [name, serverOf(entry, options)] as const);
    this.#servers = new Map(made);
  }

  /** Begins the sessions now, so that no caller waits for it. Never rejects. */
  async begin(): Promise<void> {
    for (const { name, why } of await this.look())
      if (why !== undefined)
        this.options.log.warn(
          { server: name, why },
          'an MCP server is not there: callers whose flow needs it go the failure way',
        );
  }

  /** Begins the sessions, and says of each server why it has none. Never rejects. */
  async look(): Promise<readonly McpServerState[]> {
    return Promise.all(
      [...this.#servers].map(async ([name, server]) => {
        try {
          await server.begin();
          return { name, why: undefined };
        } catch (error) {
          return { name, why: error instanceof ToolFailure ? error.why : 'unreachable' };
        }
      }),
    );
  }

  target({ mcp }: ToolCall): string | undefined {
    return mcp?.server;
  }

  prepare(call: ToolCall, variables: Readonly<Record<string, string>>) {
    const { mcp } = call;
    const server = this.#servers.get(mcp?.server ?? '');
    if (!mcp || !server) throw new ToolFailure('not-allowed');
    return (signal: AbortSignal) => server.call(mcp.tool, toolArguments(call, variables), signal);
  }

  /** Of a server that is not there now nothing is said: it may be when callers come. */
  async refusal({ mcp }: ToolCall): Promise<string | undefined> {
    const { secrets, servers } = this.options;
    const server = this.#servers.get(mcp?.server ?? '');
    if (!mcp || !server) return `there is no MCP server “${mcp?.server ?? ''}” in tools.mcpFile`;
    for (const { name } of Object.values(servers.get(mcp.server)?.secrets ?? {}))
      if (!(await secrets.find(name))) return `there is no secret “${name}” in tools.secretsDir`;
    const tool = server.isAway ? 'away' : await this.#lookUp(server, mcp.tool);
    if (tool === 'away') return undefined;
    if (!tool) return `“${mcp.server}” lists no tool “${mcp.tool}”`;
    const mistake = argumentMistake(tool.inputSchema, Object.keys(mcp.arguments ?? {}));
    return mistake === undefined ? undefined : `“${mcp.tool}” of “${mcp.server}” ${mistake}`;
  }

  /** Whoever edits a flow does not wait for a server that hangs. */
  #lookUp(server: McpServer, tool: string): Promise<ListedTool | 'away' | undefined> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(LOOK_UP_WITHIN_MS, () => resolve('away'));
      server
        .find(tool)
        .then(resolve, () => resolve('away'))
        .finally(cancel);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
  }
}

function serverOf(entry: McpServerEntry, { clock, secrets, version }: McpServiceOptions): McpServer {
  const carried = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(entry.secrets ?? {}).map(
          async ([name, secret]) => [name, await secrets.carried(secret)] as const,
        ),
      ),
    );
  return new McpServer({
    version,
    clock,
    open: async (events) => {
      if ('url' in entry)
        return new HttpWire({
          url: entry.url,
          headers: async () => ({ ...entry.headers, ...(await carried()) }),
          clock,
        });
      const { command, args = [], env } = entry;
      return new StdioWire({ command, args, env: { ...env, ...(await carried()) }, clock }, events);
    },
  });
}
