import type { Expectation } from '../../flow/expectation.js';
import type { Entity } from '../../flow/schema.js';
import type { Day } from '../../flow/reckoned-values.js';
import { amountMeant } from './amount-arcs.js';
import { dateMeant } from './date-arcs.js';
import type { MeantValue } from './term.js';
import { timeMeant } from './time-arcs.js';
import type { Path } from './walk.js';

/**
 * Makes values of the terms that the arcs wrote: a path with two possible values becomes two, one with none (the 30th of
 * February, more than the most) none at all.
 */
export function settler(expectation: Expectation, today: () => Day): (paths: readonly Path[]) => readonly Path[] {
  const entities = new Map(entitiesOf(expectation).filter(([, { type }]) => reckoned.has(type)));
  if (entities.size === 0) return (paths) => paths;
  return (paths) =>
    paths.flatMap((path) => {
      let settled: readonly Path[] = [path];
      for (const [slot, raw] of Object.entries(path.meaning.slots)) {
        const entity = entities.get(slot);
        if (entity) settled = settled.flatMap((one) => meant(entity, raw, today()).map((m) => withValue(one, slot, m)));
      }
      return settled;
    });
}

const reckoned: ReadonlySet<Entity['type']> = new Set(['date', 'time', 'amount']);

function entitiesOf(expectation: Expectation): readonly (readonly [string, Entity])[] {
  switch (expectation.kind) {
    case 'entity':
      return [[expectation.name, expectation.entity]];
    case 'slots':
      return expectation.form.slots.map(({ name, entity }) => [name, entity]);
    case 'choice':
      return expectation.forms.flatMap(({ form }) => form.slots.map(({ name, entity }) => [name, entity] as const));
    case 'confirmation':
      return expectation.form?.form.slots.map(({ name, entity }) => [name, entity] as const) ?? [];
    case 'person':
    case 'open':
      return [];
    default:
      return expectation satisfies never;
  }
}

function meant(entity: Entity, raw: string, today: Day): readonly MeantValue[] {
  switch (entity.type) {
    case 'date':
      return dateMeant(entity, raw, today);
    case 'time':
      return timeMeant(entity, raw);
    case 'amount':
      return amountMeant(entity, raw);
    default:
      return [{ value: raw, share: 1 }];
  }
}

function withValue(path: Path, slot: string, { value, share }: MeantValue): Path {
  const { meaning } = path;
  return {
    ...path,
    score: path.score + Math.log(share),
    meaning: { ...meaning, slots: { ...meaning.slots, [slot]: value } },
  };
}
