import { duplicates } from './lint-duplicates.js';
import type { Finding } from './finding.js';
import type { ModelTool } from './schema-model-tool.js';
import type { ToolCall } from './schema-tool.js';

/** What is wrong with a call of a service by itself. */
export function toolFindings(call: ToolCall): readonly Omit<Finding, 'nodeId'>[] {
  const findings: Omit<Finding, 'nodeId'>[] = [];
  if ((call.url === undefined) === (call.mcp === undefined)) {
    const names = call.url === undefined ? 'neither' : 'both';
    findings.push({
      code: 'tool-service',
      severity: 'error',
      message: `It asks one service, but has ${names} of url and mcp.`,
      mend: 'Give the address of a web service, or a tool of an MCP server.',
    });
  }
  if (call.url !== undefined && call.body !== undefined && (call.method ?? 'GET') === 'GET') {
    findings.push({
      code: 'tool-body',
      severity: 'warning',
      message: 'A GET request has no body: it is left out.',
      mend: 'Use POST, or put the values into the url.',
    });
  }
  const open = Object.keys(call.headers ?? {}).find((name) => /^(authorization|cookie|x-api-key)$/i.test(name));
  if (open !== undefined) {
    findings.push({
      code: 'tool-secret',
      severity: 'warning',
      message: `The header ${open} stands in the flow, where everybody can read it.`,
      mend: 'Put the secret into a file of the folder tools.secretsDir, and name it in `secret`.',
    });
  }
  return [...findings, ...twice('result', call.results)];
}

/** What is wrong with the services that a language model may have asked. */
export function modelToolFindings(tools: readonly ModelTool[]): readonly Omit<Finding, 'nodeId'>[] {
  return [
    ...twice('tool', tools),
    ...tools.flatMap((tool) => [...toolFindings(tool), ...twice('parameter', tool.parameters ?? [])]),
  ];
}

function twice(what: string, named: readonly { readonly name: string }[]): readonly Omit<Finding, 'nodeId'>[] {
  return duplicates(
    'duplicate-slot',
    what,
    named.map(({ name }) => name),
  );
}
