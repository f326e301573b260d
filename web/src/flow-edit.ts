import type { Flow, FlowNode, NodeKind } from '../../src/flow/schema.js';

/** Changes of a flow document. Pure: each gives a new document. */

export function withNode(flow: Flow, id: string, node: FlowNode): Flow {
  return { ...flow, nodes: { ...flow.nodes, [id]: node } };
}

/** Ways that led to it lead to nowhere then; the lint tells which. */
export function withoutNode(flow: Flow, id: string): Flow {
  return { ...flow, nodes: Object.fromEntries(Object.entries(flow.nodes).filter(([known]) => known !== id)) };
}

/** A new node of a kind, with a free name, that can be heard at once. */
export function withNewNode(flow: Flow, kind: NodeKind): { readonly flow: Flow; readonly id: string } {
  let id: string = kind;
  for (let n = 2; Object.hasOwn(flow.nodes, id); n++) id = `${kind}${String(n)}`;
  return { flow: withNode(flow, id, blank(kind, flow.giveUp)), id };
}

/** The kinds that a page can begin; the others are written as JSON first. */
export const newKinds = ['menu', 'say', 'transfer', 'voicemail', 'hangup'] as const satisfies readonly NodeKind[];

function blank(kind: NodeKind, next: string): FlowNode {
  switch (kind) {
    case 'menu':
      return {
        kind,
        prompt: 'How can I help?',
        options: [{ id: 'first', label: 'the first thing', key: '1', phrases: ['the first thing'], next }],
      };
    case 'transfer':
      return { kind, to: '100', prompt: 'I will connect you.', failed: next };
    case 'voicemail':
      return { kind, prompt: 'Please leave a message after the tone.', next };
    case 'hangup':
      return { kind, prompt: 'Goodbye.' };
    default:
      return { kind: 'say', prompt: 'Hello.', next };
  }
}

/** Leads one way of a node elsewhere; `field` is as `edgesOf` writes it, such as `options.0.next`. */
export function withWay(node: FlowNode, field: string, to: string): FlowNode {
  const set = (value: unknown, path: readonly string[]): unknown => {
    const [name, ...rest] = path;
    if (name === undefined) return to;
    if (Array.isArray(value))
      return value.map((item: unknown, index) => (String(index) === name ? set(item, rest) : item));
    const record = value as Readonly<Record<string, unknown>>;
    return { ...record, [name]: set(record[name], rest) };
  };
  return set(node, field.split('.')) as FlowNode;
}

/** Whether a draft is enough of a flow to be drawn; any document may be saved as one. */
export function canBeDrawn(document: unknown): document is Flow {
  if (typeof document !== 'object' || document === null || !('nodes' in document)) return false;
  const { nodes } = document;
  return (
    typeof nodes === 'object' &&
    nodes !== null &&
    Object.values(nodes).every((node: unknown) => typeof node === 'object' && node !== null && 'kind' in node)
  );
}
