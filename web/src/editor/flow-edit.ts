import { edgesOf } from '../../../src/flow/edges.js';
import type { Flow, FlowNode, NodeKind, Option } from '../../../src/flow/schema.js';
import { withTextsOf } from './flow-texts.js';

/** Changes of a flow document. Pure: each gives a new document. */

/** Where a way leads that nobody has drawn yet: no node has this name, so the lint tells each of them. */
export const OPEN_END = 'nowhere';

export function withNode(flow: Flow, id: string, node: FlowNode): Flow {
  return { ...flow, nodes: { ...flow.nodes, [id]: node } };
}

/** Ways that led to them are open then; the lint tells which. */
export function withoutNodes(flow: Flow, ids: ReadonlySet<string>): Flow {
  const left = Object.entries(flow.nodes).filter(([id]) => !ids.has(id));
  const kept = withTextsOf({ ...flow, nodes: Object.fromEntries(left) }, (id) => (ids.has(id) ? undefined : id));
  return led(kept, (to) => (ids.has(to) ? OPEN_END : to));
}

/** @returns the same flow where the name is taken, or is none */
export function withRenamed(flow: Flow, from: string, to: string): Flow {
  if (!mayBeNamed(flow, from, to)) return flow;
  const nodes = Object.entries(flow.nodes).map(([id, node]) => [id === from ? to : id, node] as const);
  const renamed = (name: string): string => (name === from ? to : name);
  return led(withTextsOf({ ...flow, nodes: Object.fromEntries(nodes) }, renamed), renamed);
}

export function mayBeNamed(flow: Flow, from: string, to: string): boolean {
  return to !== from && to !== OPEN_END && /^[a-z][A-Za-z0-9_-]{0,63}$/.test(to) && !Object.hasOwn(flow.nodes, to);
}

/** Every mention of a node follows a new name. */
function led(flow: Flow, name: (id: string) => string): Flow {
  const nodes = Object.entries(flow.nodes).map(([id, node]) => {
    const moved = edgesOf(node).filter(({ to }) => name(to) !== to);
    return [id, moved.reduce((now, { field, to }) => withWay(now, field, name(to)), node)] as const;
  });
  return {
    ...flow,
    nodes: Object.fromEntries(nodes),
    start: name(flow.start),
    giveUp: name(flow.giveUp),
    ...(flow.operator === undefined ? {} : { operator: name(flow.operator) }),
  };
}

/** A flow without a node, to begin a drawing from. */
export function emptied(flow: Flow): Flow {
  const { operator: _gone, languages: _texts, ...head } = flow;
  return { ...head, start: OPEN_END, giveUp: OPEN_END, nodes: {} };
}

/**
 * A new node of a kind, with a free name. The first node of a flow is its start, and the first that ends a call, or gives it to
 * a person, is where it gives up.
 */
export function withNewNode(flow: Flow, kind: NodeKind): { readonly flow: Flow; readonly id: string } {
  const id = freeName(flow, kind);
  const isThere = (name: string): boolean => Object.hasOwn(flow.nodes, name);
  const ends = kind === 'hangup' || kind === 'transfer' || kind === 'voicemail';
  return {
    id,
    flow: {
      ...withNode(flow, id, blank(kind)),
      start: isThere(flow.start) ? flow.start : id,
      giveUp: ends && !isThere(flow.giveUp) ? id : flow.giveUp,
    },
  };
}

function freeName(flow: Flow, wanted: string): string {
  let id = wanted;
  const stem = wanted.replace(/\d+$/, '');
  for (let n = 2; Object.hasOwn(flow.nodes, id) || id === OPEN_END; n++) id = `${stem}${String(n)}`;
  return id;
}

/** In the order in which the palette offers them. */
export const newKinds = [
  'say',
  'menu',
  'collect',
  'form',
  'converse',
  'directory',
  'hours',
  'branch',
  'set',
  'language',
  'tool',
  'subflow',
  'return',
  'transfer',
  'voicemail',
  'callback',
  'hangup',
] as const satisfies readonly NodeKind[];

const firstOption: Option = {
  id: 'first',
  label: 'the first thing',
  key: '1',
  phrases: ['the first thing'],
  next: OPEN_END,
};

function blank(kind: NodeKind): FlowNode {
  switch (kind) {
    case 'menu':
      return { kind, prompt: 'How can I help?', options: [firstOption] };
    case 'collect':
      return {
        kind,
        prompt: 'Please tell me the number.',
        slot: 'number',
        entity: { type: 'digits', min: 4, max: 8 },
        confirm: 'unsure',
        next: OPEN_END,
      };
    case 'form':
      return {
        kind,
        prompt: 'What can I get you?',
        slots: [
          {
            name: 'thing',
            ask: 'Which one?',
            label: 'thing',
            required: true,
            entity: { type: 'list', values: ['the first', 'the second'] },
          },
        ],
        examples: ['I would like {thing}'],
        confirmPrompt: '{thing}. Is that right?',
        next: OPEN_END,
      };
    case 'converse':
      return {
        kind,
        prompt: 'What would you like to know?',
        knowledge: [{ id: 'first', questions: ['what can you tell me'], answer: 'Not much yet.' }],
        exits: [{ ...firstOption, id: 'done', label: 'the main menu', phrases: ['go back'] }],
      };
    case 'directory':
      return {
        kind,
        prompt: 'Who would you like to speak to?',
        people: [{ name: 'Anna Smith', extension: '101' }],
        failed: OPEN_END,
      };
    case 'hours':
      return {
        kind,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
        whenOpen: OPEN_END,
        whenClosed: OPEN_END,
      };
    case 'branch':
      return { kind, cases: [{ variable: 'number', is: [''], next: OPEN_END }], otherwise: OPEN_END };
    case 'callback':
      return { kind, next: OPEN_END, failed: OPEN_END };
    case 'language':
      return { kind, language: 'en-US', next: OPEN_END };
    case 'set':
      return { kind, values: { number: '' }, next: OPEN_END };
    case 'tool':
      return {
        kind,
        url: 'https://example.com/orders',
        results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
        next: OPEN_END,
        failed: OPEN_END,
      };
    case 'subflow':
      return { kind, start: OPEN_END, next: OPEN_END };
    case 'return':
      return { kind };
    case 'transfer':
      return { kind, to: '100', prompt: 'I will connect you.', failed: OPEN_END };
    case 'voicemail':
      return { kind, prompt: 'Please leave a message after the tone.', next: OPEN_END };
    case 'hangup':
      return { kind, prompt: 'Goodbye.' };
    case 'say':
      return { kind, prompt: 'Hello.', next: OPEN_END };
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

/** Whether a node can have one more way, and what this would be. */
export function withNewWay(node: FlowNode, to: string): FlowNode | undefined {
  switch (node.kind) {
    case 'menu':
      return { ...node, options: withNewOption(node.options, to) };
    case 'converse':
      return { ...node, exits: withNewOption(node.exits, to) };
    case 'branch': {
      const variable = node.cases.at(-1)?.variable ?? 'number';
      return { ...node, cases: [...node.cases, { variable, is: [''], next: to }] };
    }
    default:
      return undefined;
  }
}

/** One more option on the next free key; the same where all nine are taken. */
export function withNewOption(options: readonly Option[], to: string): Option[] {
  const taken = new Set(options.map(({ key }) => key));
  const key = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].find((free) => !taken.has(free));
  if (key === undefined) return [...options];
  const label = `option ${key}`;
  return [...options, { id: `option${key}`, label, key, phrases: [label], next: to }];
}

/** Whether a draft is enough of a flow to be drawn; any document may be saved as one. */
export function canBeDrawn(document: unknown): document is Flow {
  if (typeof document !== 'object' || document === null || !('nodes' in document)) return false;
  const { nodes } = document;
  return (
    typeof nodes === 'object' &&
    nodes !== null &&
    Object.values(nodes).every((node: unknown) => {
      if (typeof node !== 'object' || node === null || !('kind' in node)) return false;
      try {
        return Array.isArray(edgesOf(node as FlowNode));
      } catch {
        return false;
      }
    })
  );
}

const CLIPBOARD = 'handrail/nodes';

/** Nodes as they travel by the clipboard, to another window or into a mail. */
export function copied(flow: Flow, ids: ReadonlySet<string>): string {
  const nodes = Object.fromEntries(Object.entries(flow.nodes).filter(([id]) => ids.has(id)));
  return JSON.stringify({ type: CLIPBOARD, nodes }, undefined, 2);
}

/**
 * Nodes from the clipboard, under free names. Ways among them are kept, ways to others too where a node of that name is here.
 * @returns undefined when the text holds none
 */
export function pasted(flow: Flow, text: string): { readonly flow: Flow; readonly ids: readonly string[] } | undefined {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof told !== 'object' || told === null || !('type' in told) || told.type !== CLIPBOARD) return undefined;
  if (!canBeDrawn(told)) return undefined;
  let now = flow;
  const names = new Map<string, string>();
  for (const id of Object.keys(told.nodes)) {
    const name = freeName(now, /^[a-z][A-Za-z0-9_-]{0,60}$/.test(id) ? id : 'node');
    names.set(id, name);
    now = withNode(now, name, { kind: 'hangup' });
  }
  for (const [id, node] of Object.entries(told.nodes)) {
    const lead = (to: string): string => names.get(to) ?? (Object.hasOwn(flow.nodes, to) ? to : OPEN_END);
    const ways = edgesOf(node);
    now = withNode(
      now,
      names.get(id) ?? id,
      ways.reduce((leading, { field, to }) => withWay(leading, field, lead(to)), node),
    );
  }
  return { flow: now, ids: [...names.values()] };
}
