import { spoken } from './expectation.js';
import { flowIn, languagesOf } from './languages.js';
import type { Entity, Flow, ListValue } from './schema.js';
import { wordsOf } from './words/words-of.js';

const tables = new WeakMap<Flow, ReadonlyMap<string, Entity>>();

/** How the value of a variable is said in the flow's language. */
export function saidAs(flow: Flow, variable: string, value: string): string {
  const entity = entitiesOf(flow).get(variable);
  const own =
    entity?.type === 'list'
      ? listed(entity.values, value)
      : entity?.type === 'compound'
        ? joined(
            entity.parts.map((part) => part.values),
            value,
          )
        : undefined;
  return own ?? wordsOf(flow.language).values.readBack(value);
}

/** All that may be said for the value of a variable, in any language of the flow: as the variable's, or as another's. */
export function waysToSay(flow: Flow, variable: string, value: string): readonly string[] {
  const said = languagesOf(flow).flatMap((language) => [
    saidAs(flowIn(flow, language), variable, value),
    wordsOf(language).values.readBack(value),
  ]);
  return [value, ...said];
}

/** The entities whose values are said otherwise than they are stored. */
function entitiesOf(flow: Flow): ReadonlyMap<string, Entity> {
  const known = tables.get(flow);
  if (known) return known;
  const slots = Object.values(flow.nodes).flatMap((node) => {
    if (node.kind === 'collect') return [[node.slot, node.entity] as const];
    return node.kind === 'form' ? node.slots.map(({ name, entity }) => [name, entity] as const) : [];
  });
  const table = new Map(slots.filter(([, entity]) => hasOwnWords(entity)));
  tables.set(flow, table);
  return table;
}

function hasOwnWords(entity: Entity): boolean {
  const values =
    entity.type === 'list' ? entity.values : entity.type === 'compound' ? entity.parts.flatMap((p) => p.values) : [];
  return values.some((value) => typeof value === 'object' && value.said !== undefined);
}

/** What is said for a value of this list, or for a part of a compound one. */
function listed(values: readonly ListValue[], wanted: string): string | undefined {
  return values.map(spoken).find(({ value }) => value === wanted)?.said;
}

/** A compound value taken apart: its parts are joined by spaces, and optional ones may be missing. */
function joined([first, ...others]: readonly (readonly ListValue[])[], value: string): string | undefined {
  if (value === '') return '';
  if (!first) return undefined;
  for (const { value: part, said } of first.map(spoken)) {
    if (value !== part && !value.startsWith(`${part} `)) continue;
    const rest = joined(others, value.slice(part.length + 1));
    if (rest !== undefined) return rest === '' ? said : `${said} ${rest}`;
  }
  return joined(others, value);
}
