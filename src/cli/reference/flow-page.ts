import { flowDefaults, flowHeadSchema, nodeSchemas } from '../../flow/schema.js';
import { madeFrom, page, table } from './markdown.js';

/** The JSON Schema keywords that the flow's schema uses. */
interface Shape {
  readonly type?: string;
  readonly const?: string | number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Shape>>;
}

/** docs/reference/flow.md, made from the schemas that check every flow. */
export function flowPage(): string {
  const kinds = Object.entries(nodeSchemas as unknown as Readonly<Record<string, Shape>>);
  const listening = kinds.filter(([, schema]) => schema.properties?.['keyPrompt'] !== undefined);
  const shared = sharedFields(listening.map(([, schema]) => schema));
  return page(
    '# The flow',
    madeFrom('src/flow/schema.ts'),
    preamble,
    '## The file',
    fieldTable(flowHeadSchema as unknown as Shape, new Set()),
    `And \`nodes\`: an object from a node’s name to the node. Unless \`defaults\` says otherwise: ${Object.entries(
      flowDefaults,
    )
      .map(([name, value]) => `\`${name}\` ${value}`)
      .join(', ')}. Names that end in \`Ms\` are milliseconds.`,
    '## What every listening node can have',
    `${listening.map(([kind]) => `\`${kind}\``).join(', ')} listen; these fields are the same for all of them. Every node can have a \`note\`.`,
    fieldTable(pick(listening[0]?.[1], shared), new Set()),
    ...kinds.flatMap(([kind, schema]) => [
      `## \`${kind}\``,
      schema.description ?? '',
      fieldTable(schema, new Set(listening.some(([name]) => name === kind) ? ['kind', ...shared] : ['kind', 'note'])),
    ]),
    '## Entities',
    'What a slot can hold, by `type`.',
    ...entities().flatMap((entity) => [
      `### \`${String(entity.properties?.['type']?.const)}\``,
      entity.description ?? '',
      fieldTable(entity, new Set(['type'])),
    ]),
  );
}

const preamble = `A flow is one JSON file: a graph of nodes. Every listening node has two faces. On the AI face the caller speaks, on the keypad
face the caller presses keys, and both give the flow the same meaning. \`npx handrail flow lint FILE\` checks a file and tells
every mistake with its node and what to do.

Prompts are plain text. \`{name}\` puts a variable in; what stands in \`[ … {name} … ]\` is left out when a variable inside has no
value. Example sentences name slots in the same way: \`can I get a {size} {drink} with {milk}\`.

Fixed keys: \`0\` leads to the \`operator\` node (where digits are asked for it is a digit), \`*\` asks the question again, \`#\` ends a
row of digits. Unknown fields are mistakes.`;

/** Fields that mean the same on every one of these nodes. */
function sharedFields(schemas: readonly Shape[]): readonly string[] {
  const [first, ...others] = schemas;
  return Object.entries(first?.properties ?? {})
    .filter(([name, shape]) =>
      others.every(
        (other) => JSON.stringify(other.properties?.[name]) === JSON.stringify(shape) && isOptional(other, name),
      ),
    )
    .map(([name]) => name);
}

function isOptional(schema: Shape, name: string): boolean {
  return !(schema.required ?? []).includes(name);
}

function pick(schema: Shape | undefined, names: readonly string[]): Shape {
  const all = Object.entries(schema?.properties ?? {});
  return {
    properties: Object.fromEntries(all.filter(([name]) => names.includes(name))),
    required: schema?.required ?? [],
  };
}

function entities(): readonly Shape[] {
  return (nodeSchemas.collect as unknown as Shape).properties?.['entity']?.anyOf ?? [];
}

function fieldTable(schema: Shape, without: ReadonlySet<string>): string {
  const rows = fieldRows(schema, '', without);
  return rows.length === 0 ? 'No fields of its own.' : table(['Field', 'Needed', 'Value', 'Meaning'], rows);
}

/** One row a field; fields of objects follow the object, with the path as name. */
function fieldRows(schema: Shape, prefix: string, without: ReadonlySet<string> = new Set()): string[][] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !without.has(name))
    .flatMap(([name, shape]) => {
      const path = `${prefix}${name}`;
      const own = [`\`${path}\``, isOptional(schema, name) ? '' : 'yes', valueOf(shape), meaningOf(shape)];
      return [own, ...nestedRows(shape, path)];
    });
}

function nestedRows(shape: Shape, path: string): string[][] {
  if (isEntity(shape)) return [];
  if (shape.properties) return fieldRows(shape, `${path}.`);
  if (shape.items) return nestedRows(shape.items, `${path}[]`);
  return (shape.anyOf ?? []).flatMap((choice) => nestedRows(choice, path));
}

function isEntity(shape: Shape): boolean {
  return shape.anyOf?.every((choice) => choice.properties?.['type']?.const !== undefined) ?? false;
}

function meaningOf(shape: Shape): string {
  const about = shape.description ?? shape.items?.description ?? '';
  return shape.default === undefined ? about : `${about} Default \`${String(shape.default)}\`.`.trim();
}

/** The legal values in words. */
function valueOf(shape: Shape): string {
  if (isEntity(shape)) return '[an entity](#entities)';
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (shape.anyOf) return shape.anyOf.map(valueOf).join(' or ');
  switch (shape.type) {
    case 'string':
      return shape.pattern
        ? `text like \`${shape.pattern}\``
        : `text${range(shape.minLength, shape.maxLength, 'characters')}`;
    case 'integer':
      return `whole number${range(shape.minimum, shape.maximum, '')}`;
    case 'number':
      return `number${range(shape.minimum, shape.maximum, '')}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list${range(shape.minItems, shape.maxItems, 'entries')} of ${valueOf(shape.items ?? {})}`;
    case 'object':
      return shape.patternProperties ? 'object from name to text' : 'object';
    default:
      return 'any';
  }
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const of = unit === '' ? '' : ` ${unit}`;
  if (least !== undefined && most !== undefined) return ` (${least} to ${most}${of})`;
  if (most !== undefined) return ` (at most ${most}${of})`;
  return least !== undefined && least > 0 ? ` (at least ${least}${of})` : '';
}
