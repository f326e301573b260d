import { edgesOf, entrancesOf, reachableFrom } from './edges.js';
import type { Finding } from './finding.js';
import type { Flow, FlowNode } from './schema.js';

/** What is wrong with the graph as a whole: edges to nowhere, dead nodes, ways without end. */
export function graphFindings(flow: Flow): readonly Finding[] {
  const nodes = new Map(Object.entries(flow.nodes));
  return [...danglingEdges(flow, nodes), ...reachFindings(flow, nodes), ...loopFindings(nodes)];
}

function danglingEdges(flow: Flow, nodes: ReadonlyMap<string, FlowNode>): readonly Finding[] {
  const head = [
    { nodeId: 'flow', field: 'start', to: flow.start },
    { nodeId: 'flow', field: 'giveUp', to: flow.giveUp },
    ...(flow.operator === undefined ? [] : [{ nodeId: 'flow', field: 'operator', to: flow.operator }]),
  ];
  const edges = [...nodes].flatMap(([nodeId, node]) => edgesOf(node).map((edge) => ({ nodeId, ...edge })));
  return [...head, ...edges]
    .filter(({ to }) => !nodes.has(to))
    .map(({ nodeId, field, to }) => ({
      code: 'edge-to-nowhere',
      severity: 'error',
      nodeId,
      message: `${field} leads to “${to}”, which is no node of this flow.`,
      mend: `Use one of ${[...nodes.keys()].join(', ')}.`,
    }));
}

function reachFindings(flow: Flow, nodes: ReadonlyMap<string, FlowNode>): readonly Finding[] {
  const reached = reachableFrom(entrancesOf(flow), nodes);
  const findings = [...nodes.keys()]
    .filter((nodeId) => !reached.has(nodeId))
    .map((nodeId): Finding => ({
      code: 'unreachable',
      severity: 'warning',
      nodeId,
      message: 'No way leads to this node.',
      mend: 'Lead a way to it, or remove it.',
    }));
  const toPeople = [...reached].some((nodeId) =>
    ['transfer', 'directory', 'voicemail', 'callback'].includes(nodes.get(nodeId)?.kind ?? ''),
  );
  if (!toPeople) {
    findings.push({
      code: 'no-way-to-a-person',
      severity: 'warning',
      nodeId: 'flow',
      message: 'No way leads to a transfer, a voicemail or a callback: callers can never reach a person.',
      mend: 'Add a transfer node and make it the operator and giveUp of the flow.',
    });
  }
  return findings;
}

/** Nodes from which no way leads to an end of the call, or of their subflow. */
function loopFindings(nodes: ReadonlyMap<string, FlowNode>): readonly Finding[] {
  const ending = new Set(
    [...nodes].filter(([, node]) => node.kind === 'hangup' || node.kind === 'return').map(([nodeId]) => nodeId),
  );
  for (let grown = true; grown;) {
    grown = false;
    for (const [nodeId, node] of nodes) {
      // A transfer ends the flow when it succeeds.
      const ends =
        node.kind === 'transfer' || node.kind === 'directory' || edgesOf(node).some(({ to }) => ending.has(to));
      if (ending.has(nodeId) || !ends) continue;
      ending.add(nodeId);
      grown = true;
    }
  }
  return [...nodes]
    .filter(([nodeId, node]) => !ending.has(nodeId) && edgesOf(node).every(({ to }) => nodes.has(to)))
    .map(([nodeId]): Finding => ({
      code: 'loop-without-exit',
      // Where the bot listens, the caller can at least act; a loop that only speaks would never end.
      severity: [...reachableFrom([nodeId], nodes)].some((reached) => listens(nodes.get(reached)))
        ? 'warning'
        : 'error',
      nodeId,
      message: 'From here no way leads to the end of the call.',
      mend: 'Add a way to a hangup or transfer node.',
    }));
}

function listens(node: FlowNode | undefined): boolean {
  return node !== undefined && ['menu', 'collect', 'form', 'converse', 'directory'].includes(node.kind);
}
