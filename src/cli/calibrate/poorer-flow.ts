import { spoken, type Meaning } from '../../flow/expectation.js';
import type { Entity, Flow } from '../../flow/schema.js';
import { truthOf, type Row } from './rows.js';

/** Of the values of a form, one in so many is taken out. */
const LEFT_OUT = 4;

/** The flow as if its admin had not thought of every fourth value of its forms: what is said of them is outside its grammar. */
export function withoutSomeValues(flow: Flow): Flow {
  const nodes = Object.entries(flow.nodes).map(([id, node]): [string, Flow['nodes'][string]] => {
    if (node.kind !== 'form') return [id, node];
    return [id, { ...node, slots: node.slots.map((slot) => ({ ...slot, entity: poorer(slot.entity) })) }];
  });
  // A copy through and through: what was compiled for parts of the whole flow must not be taken for this one.
  return structuredClone({ ...flow, nodes: Object.fromEntries(nodes) });
}

/** Whether a value that is meant is not on the flow’s lists. */
export function hasValueOutside(flow: Flow, row: Row): boolean {
  return Object.keys(knownPart(flow, row)?.slots ?? {}).length < Object.keys(row.slots ?? {}).length;
}

/** What is meant, without values that the flow’s form has not on its lists. */
export function knownPart(flow: Flow, row: Row): Meaning | undefined {
  const meaning = truthOf(row);
  const form = flow.nodes[row.intent ?? ''];
  const entities = new Map(form?.kind === 'form' ? form.slots.map(({ name, entity }) => [name, entity]) : []);
  const isKnown = ([name, said]: readonly [string, string]): boolean => {
    const parts = partsOf(entities.get(name));
    return parts === undefined || isMadeOf(said, parts);
  };
  return meaning && { ...meaning, slots: Object.fromEntries(Object.entries(meaning.slots).filter(isKnown)) };
}

function poorer(entity: Entity): Entity {
  const keep = <T>(values: readonly T[]): T[] =>
    values.filter((_value, index) => values.length < LEFT_OUT || index % LEFT_OUT !== 2);
  if (entity.type === 'list') return { ...entity, values: keep(entity.values) };
  if (entity.type !== 'compound') return entity;
  return {
    ...entity,
    parts: entity.parts.map((part) => (part.optional ? part : { ...part, values: keep(part.values) })),
  };
}

type Part = Pick<Extract<Entity, { type: 'compound' }>['parts'][number], 'optional' | 'values'>;

/** `undefined` where the values are no list: all of them are known then. */
function partsOf(entity: Entity | undefined): readonly Part[] | undefined {
  if (entity?.type === 'list') return [entity];
  return entity?.type === 'compound' ? entity.parts : undefined;
}

/** Whether a value is one of each part, in their order, where an optional one may be left out. */
function isMadeOf(said: string, [part, ...rest]: readonly Part[]): boolean {
  if (!part) return said === '';
  if (part.optional && isMadeOf(said, rest)) return true;
  return part.values.some((given) => {
    const { value } = spoken(given);
    if (said === value) return rest.every(({ optional }) => optional);
    return said.startsWith(`${value} `) && isMadeOf(said.slice(value.length + 1), rest);
  });
}
