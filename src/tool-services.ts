import type { Config } from './config/index.js';
import { ToolBreakers } from './fallback-ivr/tool-breakers.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import type { TurnMetrics } from './observability/turn-metrics.js';
import { toolHosts } from './settings-of.js';
import { AskedTools } from './tools/asked-tools.js';
import { HttpService } from './tools/http-service.js';
import { McpService } from './tools/mcp/mcp-service.js';
import { readServersFile } from './tools/mcp/servers-file.js';
import { ToolSecrets } from './tools/secrets.js';
import { version } from './version.js';

/**
 * Whom flows may ask, as configured, with a breaker for each.
 * @throws HandrailError HR_MCP_SERVERS
 */
export function createTools(config: Config, metrics: TurnMetrics, clock: Clock, log: Logger) {
  const { mcpFile, secretsDir } = config.tools;
  const secrets = new ToolSecrets(secretsDir);
  const servers = mcpFile === undefined ? new Map() : readServersFile(mcpFile);
  const mcp = new McpService({ servers, secrets, version, clock, log });
  const tools = new AskedTools({
    http: new HttpService(toolHosts(config), secrets),
    mcp,
    breakers: new ToolBreakers(clock, log, (target, state) => metrics.breakerState('tool', target, state)),
    clock,
    log,
    onAsked: (outcome, tookMs) => metrics.toolAsked(outcome, tookMs),
  });
  return { tools, mcp };
}
