import { spoken } from './expectation.js';
import type { Entity, FlowNode, ListValue, Option } from './schema.js';

/** Gives each text of a node its new one. `key` says where it stands, as in `options.billing.label`. */
type Change = (key: string, text: string) => string;

/**
 * A node with every text changed that callers hear. What they say (phrases, examples) is left alone, and so are values: of a
 * list only what is said for them changes. Pure.
 */
export function withTexts(node: FlowNode, change: Change): FlowNode {
  const one = (key: string, text: string | undefined): Record<string, string> =>
    text === undefined ? {} : { [key]: change(key, text) };
  switch (node.kind) {
    case 'menu':
      return {
        ...node,
        prompt: change('prompt', node.prompt),
        ...listening(node, change),
        options: options('options', node.options, change),
      };
    case 'converse':
      return {
        ...node,
        prompt: change('prompt', node.prompt),
        ...listening(node, change),
        ...one('unknown', node.unknown),
        ...one('anythingElse', node.anythingElse),
        knowledge: node.knowledge.map((entry) => ({
          ...entry,
          answer: change(`knowledge.${entry.id}.answer`, entry.answer),
        })),
        exits: options('exits', node.exits, change),
      };
    case 'collect':
      return {
        ...node,
        prompt: change('prompt', node.prompt),
        ...listening(node, change),
        ...one('confirmPrompt', node.confirmPrompt),
        entity: entityTexts('values', node.entity, change),
      };
    case 'form':
      return {
        ...node,
        prompt: change('prompt', node.prompt),
        ...listening(node, change),
        confirmPrompt: change('confirmPrompt', node.confirmPrompt),
        slots: node.slots.map((slot) => ({
          ...slot,
          ask: change(`slots.${slot.name}.ask`, slot.ask),
          entity: entityTexts(`slots.${slot.name}.values`, slot.entity, change),
        })),
      };
    case 'directory':
      return {
        ...node,
        prompt: change('prompt', node.prompt),
        ...listening(node, change),
        ...one('connecting', node.connecting),
      };
    case 'say':
    case 'voicemail':
      return { ...node, prompt: change('prompt', node.prompt) };
    case 'tool':
    case 'transfer':
    case 'hangup':
      return { ...node, ...one('prompt', node.prompt) };
    case 'branch':
    case 'set':
    case 'hours':
    case 'callback':
    case 'language':
    case 'subflow':
    case 'return':
      return node;
  }
}

/** Where a node has texts, and what stands there. */
export function textsOf(node: FlowNode): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  withTexts(node, (key, text) => {
    texts.set(key, text);
    return text;
  });
  return texts;
}

const plainFields = ['keyPrompt', 'wrongKey', 'noKey'] as const;
const listFields = ['noInput', 'noMatch'] as const;

function listening(
  node: { readonly [K in (typeof plainFields)[number]]?: string } & {
    readonly [K in (typeof listFields)[number]]?: string[];
  },
  change: Change,
): { readonly [K in (typeof plainFields)[number]]?: string } & {
  readonly [K in (typeof listFields)[number]]?: string[];
} {
  const changed: Record<string, string | string[]> = {};
  for (const name of plainFields) {
    const text = node[name];
    if (text !== undefined) changed[name] = change(name, text);
  }
  for (const name of listFields) {
    const texts = node[name];
    if (texts) changed[name] = texts.map((text, i) => change(`${name}.${String(i)}`, text));
  }
  return changed;
}

/** An option that is offered in a language of its own keeps its label. */
function options(field: string, all: readonly Option[], change: Change): Option[] {
  return all.map((option) =>
    option.language === undefined ? { ...option, label: change(`${field}.${option.id}.label`, option.label) } : option,
  );
}

function entityTexts(field: string, entity: Entity, change: Change): Entity {
  const valuesOf = (values: readonly ListValue[]): ListValue[] =>
    values.map((value) => {
      const { value: name, said, forms } = spoken(value);
      const changed = change(`${field}.${name}`, said);
      return changed === said ? value : { value: name, say: forms.filter((form) => form !== name), said: changed };
    });
  if (entity.type === 'list') return { ...entity, values: valuesOf(entity.values) };
  if (entity.type !== 'compound') return entity;
  return {
    ...entity,
    parts: entity.parts.map((part, i) => ({
      ...part,
      ...(part.ask === undefined ? {} : { ask: change(`${field}.${String(i)}.ask`, part.ask) }),
      values: valuesOf(part.values),
    })),
  };
}
