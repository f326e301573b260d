import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/kernel/paths.js';
import type { Entity, Flow, FlowHead, FormSlot, ListValue } from '../../src/flow/schema.js';
import { spoken } from '../../src/flow/expectation.js';

type NodeOf<Kind extends Flow['nodes'][string]['kind']> = Extract<Flow['nodes'][string], { kind: Kind }>;

/** The flow that comes with the project, as it is written. */
export function cafeFlow(): Flow {
  return JSON.parse(readFileSync(join(projectRoot, 'flows/cafe.json'), 'utf8')) as Flow;
}

/** A node of the café's flow that must be there and of that kind. */
export function cafeNode<Kind extends Flow['nodes'][string]['kind']>(id: string, kind: Kind): NodeOf<Kind> {
  const node = cafeFlow().nodes[id];
  if (node?.kind !== kind) throw new Error(`the café’s ${id} is no ${kind}`);
  return node as NodeOf<Kind>;
}

/** Writes the café's flow with some nodes, and perhaps its head, changed, and gives the setting that makes a controller use it. */
export function cafeWith(
  dataDir: string,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  head: Partial<FlowHead> = {},
): Record<string, string> {
  const flow = cafeFlow();
  const nodes: Record<string, unknown> = { ...flow.nodes };
  for (const [id, change] of Object.entries(changes)) nodes[id] = { ...flow.nodes[id], ...change };
  const file = join(dataDir, 'flow.json');
  writeFileSync(file, JSON.stringify({ ...flow, ...head, nodes }));
  return { HANDRAIL_FLOW_FILE: file };
}

/** One question of a form's keypad face, and the keys that answer it. */
export interface KeypadStep {
  readonly asks: string;
  readonly keys: string;
}

/** How a caller keys in an order: required slots first, in a compound value the required part first. */
export function keypadSteps(slots: readonly FormSlot[], order: Readonly<Record<string, string>>): KeypadStep[] {
  const inTurn = [...slots.filter((slot) => slot.required), ...slots.filter((slot) => !slot.required)];
  return inTurn.flatMap((slot) => stepsOfSlot(slot, slot.entity, order[slot.name]));
}

function stepsOfSlot(slot: FormSlot, entity: Entity, value: string | undefined): KeypadStep[] {
  if (entity.type === 'list')
    return [{ asks: slot.ask, keys: value === undefined ? '#' : keysOf(entity.values, value) }];
  if (entity.type !== 'compound') throw new Error(`${slot.name} has no list to choose from`);
  const amount = entity.parts.find((part) => part.optional);
  const thing = entity.parts.find((part) => !part.optional);
  if (!amount || !thing) throw new Error(`${slot.name} is no “how much of what”`);
  const asks = { thing: thing.ask ?? slot.ask, amount: amount.ask ?? slot.ask };
  if (value === undefined) return [{ asks: asks.thing, keys: '#' }];
  // The longest that fits: “skim milk” ends with “milk” as well.
  const said = thing.values
    .map((one) => spoken(one).value)
    .filter((one) => value === one || value.endsWith(` ${one}`))
    .sort((a, b) => b.length - a.length)[0];
  if (said === undefined) throw new Error(`${value} is none of ${slot.name}`);
  const much = value.slice(0, -said.length).trim();
  return [
    { asks: asks.thing, keys: keysOf(thing.values, said) },
    { asks: asks.amount, keys: much === '' ? '#' : keysOf(amount.values, much) },
  ];
}

/** Nine values fit on a page; longer lists show eight, and 9 leads on. */
function keysOf(values: readonly ListValue[], value: string): string {
  const at = values.findIndex((one) => spoken(one).value === value);
  if (at < 0) throw new Error(`${value} is not in the list`);
  const onePage = values.length <= 9;
  return onePage ? String(at + 1) : '9'.repeat(Math.floor(at / 8)) + String((at % 8) + 1);
}
