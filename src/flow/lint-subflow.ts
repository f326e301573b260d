import { edgesOf, entrancesOf, reachableFrom } from './edges.js';
import type { Finding } from './finding.js';
import type { Flow, FlowNode } from './schema.js';

/** Ways that return where nothing was begun, subflows that never return, and those that begin themselves. */
export function subflowFindings(flow: Flow): readonly Finding[] {
  const nodes = new Map(Object.entries(flow.nodes));
  const outside = reachableFrom(entrancesOf(flow), nodes, waysWithin);
  const lost = [...outside].filter((nodeId) => nodes.get(nodeId)?.kind === 'return');
  return [
    ...lost.map((nodeId): Finding => ({
      code: 'return-outside',
      severity: 'error',
      nodeId,
      message: 'A way leads here that no subflow node has begun: there is nowhere to return to.',
      mend: 'Lead that way elsewhere, or begin it with a subflow node.',
    })),
    ...[...nodes].flatMap(([nodeId, node]) => (node.kind === 'subflow' ? inside(nodeId, node.start, nodes) : [])),
  ];
}

function inside(nodeId: string, start: string, nodes: ReadonlyMap<string, FlowNode>): Finding[] {
  const own = reachableFrom([start], nodes, waysWithin);
  const findings: Finding[] = [];
  if (![...own].some((reached) => nodes.get(reached)?.kind === 'return')) {
    findings.push({
      code: 'no-return',
      severity: 'warning',
      nodeId,
      message: `No way from ${start} leads to a return: next is never reached.`,
      mend: 'End the subflow with a return node, or lead to it without a subflow node.',
    });
  }
  if (own.has(nodeId)) {
    findings.push({
      code: 'subflow-in-itself',
      severity: 'warning',
      nodeId,
      message: 'The subflow can begin itself again before it returns.',
      mend: 'Lead back inside it without a subflow node.',
    });
  }
  return findings;
}

/** The ways that stay in the same subflow: a subflow node inside is passed by its `next`. */
function waysWithin(node: FlowNode): readonly string[] {
  return node.kind === 'subflow' ? [node.next] : edgesOf(node).map(({ to }) => to);
}
