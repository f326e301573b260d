import { Value } from 'typebox/value';
import type { TSchema } from 'typebox';

/** One mistake: `where` is a path such as `nodes.main.options.0.key`, `what` tells what is legal there. */
export interface SchemaMistake {
  readonly where: string;
  readonly what: string;
}

/** The parts of JSON schema that flows use, as TypeBox writes them. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly description?: string;
}

/**
 * What is wrong with a value, one mistake a place. A plain validator tells of every branch of a union; this one first
 * finds the branch that was meant (by its literal `type`, or by text against object), so that the message is about it.
 */
export function schemaMistakes(schema: TSchema, value: unknown, at: string): readonly SchemaMistake[] {
  return mistakesOf(schema as Shape, value, at);
}

function mistakesOf(shape: Shape, value: unknown, at: string): readonly SchemaMistake[] {
  if (shape.anyOf) return unionMistakes(shape.anyOf, value, at);
  if (shape.type === 'object' && shape.properties) return objectMistakes(shape, value, at);
  if (shape.type === 'array') return arrayMistakes(shape, value, at);
  if ('const' in shape) return value === shape.const ? [] : [{ where: at, what: `must be ${quoted(shape.const)}` }];
  const [error] = Value.Errors(shape as TSchema, value as object);
  if (!error) return [];
  const where = `${at}${error.instancePath.replaceAll('/', '.')}`;
  return [{ where, what: shape.description ? `${error.message} (${shape.description})` : error.message }];
}

function unionMistakes(branches: readonly Shape[], value: unknown, at: string): readonly SchemaMistake[] {
  if (branches.every((branch) => 'const' in branch)) {
    if (branches.some((branch) => branch.const === value)) return [];
    return [{ where: at, what: `must be one of ${branches.map((branch) => quoted(branch.const)).join(', ')}` }];
  }
  const kinds = branches.map((branch) => branch.properties?.['type']?.const);
  if (kinds.every((kind) => kind !== undefined)) {
    if (!isRecord(value)) return [{ where: at, what: 'must be an object' }];
    const meant = branches[kinds.findIndex((kind) => kind === value['type'])];
    if (meant) return mistakesOf(meant, value, at);
    return [{ where: join(at, 'type'), what: `must be one of ${kinds.map(quoted).join(', ')}` }];
  }
  const meant = branches.find((branch) => branch.type === (isRecord(value) ? 'object' : typeof value));
  if (meant) return mistakesOf(meant, value, at);
  return [{ where: at, what: `must be ${branches.map((branch) => branch.type ?? 'another value').join(' or ')}` }];
}

function objectMistakes(shape: Shape, value: unknown, at: string): readonly SchemaMistake[] {
  if (!isRecord(value)) return [{ where: at, what: 'must be an object' }];
  const properties = shape.properties ?? {};
  const mistakes: SchemaMistake[] = [];
  for (const name of shape.required ?? []) {
    if (!Object.hasOwn(value, name)) mistakes.push({ where: join(at, name), what: 'is missing' });
  }
  for (const [name, inner] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property) mistakes.push(...mistakesOf(property, inner, join(at, name)));
    else if (shape.additionalProperties === false) {
      mistakes.push({
        where: join(at, name),
        what: `is not known here; known are ${Object.keys(properties).join(', ')}`,
      });
    }
  }
  return mistakes;
}

function arrayMistakes(shape: Shape, value: unknown, at: string): readonly SchemaMistake[] {
  if (!Array.isArray(value)) return [{ where: at, what: 'must be a list' }];
  const { minItems = 0, maxItems = Infinity, items } = shape;
  const mistakes: SchemaMistake[] = [];
  if (value.length < minItems) mistakes.push({ where: at, what: `needs at least ${minItems}, has ${value.length}` });
  if (value.length > maxItems) mistakes.push({ where: at, what: `may have ${maxItems} at most, has ${value.length}` });
  if (items) value.forEach((item, index) => mistakes.push(...mistakesOf(items, item, join(at, String(index)))));
  return mistakes;
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
