import { flowHeadSchema, nodeSchemas, type Flow } from './schema.js';

/** The parts of JSON schema that put fields in order. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly const?: unknown;
}

/**
 * A flow as text, always in the same order, so that a version control system shows what changed and nothing else: fields as
 * the schema lists them, nodes by name. Lists keep their order, which means something.
 */
export function flowText(flow: Flow): string {
  const { nodes, ...head } = flow;
  const ordered = Object.fromEntries(
    Object.entries(nodes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, node]) => [id, inOrder(nodeSchemas[node.kind] as Shape, node)]),
  );
  return `${JSON.stringify({ ...inOrder(flowHeadSchema as Shape, head), nodes: ordered }, undefined, 2)}\n`;
}

function inOrder<Value>(shape: Shape | undefined, value: Value): Value;
function inOrder(shape: Shape | undefined, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inOrder(branchFor(shape?.items, item), item));
  if (!isRecord(value)) return value;
  const properties = branchFor(shape, value)?.properties ?? {};
  // A record of names, such as the values of a `set` node, has no order of its own.
  const others = Object.keys(value)
    .filter((name) => !Object.hasOwn(properties, name))
    .sort();
  return Object.fromEntries(
    [...Object.keys(properties), ...others]
      .filter((name) => value[name] !== undefined)
      .map((name) => [name, inOrder(properties[name], value[name])]),
  );
}

/** Of a union the branch that the value is of: told by its literals, or by being an object. */
function branchFor(shape: Shape | undefined, value: unknown): Shape | undefined {
  if (!shape?.anyOf || !isRecord(value)) return shape;
  return shape.anyOf.find(
    ({ properties }) =>
      properties !== undefined &&
      Object.entries(properties).every(([name, inner]) => !('const' in inner) || inner.const === value[name]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
