import type { Finding } from './finding.js';
import type { ToolNode } from './schema.js';

/** What is wrong with a tool node by itself. */
export function toolFindings(node: ToolNode): readonly Omit<Finding, 'nodeId'>[] {
  const findings: Omit<Finding, 'nodeId'>[] = [];
  if (node.body !== undefined && (node.method ?? 'GET') === 'GET') {
    findings.push({
      code: 'tool-body',
      severity: 'warning',
      message: 'A GET request has no body: it is left out.',
      mend: 'Use POST, or put the values into the url.',
    });
  }
  const open = Object.keys(node.headers ?? {}).find((name) => /^(authorization|cookie|x-api-key)$/i.test(name));
  if (open !== undefined) {
    findings.push({
      code: 'tool-secret',
      severity: 'warning',
      message: `The header ${open} stands in the flow, where everybody can read it.`,
      mend: 'Put the secret into a file of the folder tools.secretsDir, and name it in `secret`.',
    });
  }
  return findings;
}
