import type { TSchema } from 'typebox';
import { NodeId, Prompt } from '../../../../src/flow/schema-parts.js';
import { OPEN_END } from '../flow-edit.js';

/** The part of JSON Schema that the flow's schema is written in. */
export interface FieldSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly patternProperties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

/** What TypeBox makes is JSON Schema; its types do not tell the keywords. */
export function jsonSchemaOf(schema: TSchema): FieldSchema {
  return schema;
}

export type Values = Readonly<Record<string, unknown>>;

/** How a field is filled in. */
export type Field =
  | { readonly type: 'prompt' | 'text' | 'way' | 'check' }
  | { readonly type: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly type: 'choice'; readonly of: readonly string[] }
  /** A text a line. */
  | { readonly type: 'lines' }
  /** A value a line, with other ways to say it. */
  | { readonly type: 'list' }
  /** Names with texts. */
  | { readonly type: 'pairs' }
  | { readonly type: 'group'; readonly schema: FieldSchema }
  | { readonly type: 'rows'; readonly item: FieldSchema; readonly min: number; readonly max: number }
  /** One of several groups, told apart by their field `type`. */
  | { readonly type: 'variant'; readonly of: ReadonlyMap<string, FieldSchema> };

/** @returns undefined for what no form is made for */
export function fieldOf(schema: FieldSchema): Field | undefined {
  if (schema.anyOf) return unionOf(schema.anyOf);
  switch (schema.type) {
    case 'string':
      if (schema.pattern === jsonSchemaOf(NodeId).pattern) return { type: 'way' };
      return { type: schema.description === jsonSchemaOf(Prompt).description ? 'prompt' : 'text' };
    case 'integer':
    case 'number':
      return { type: 'number', min: schema.minimum, max: schema.maximum };
    case 'boolean':
      return { type: 'check' };
    case 'array':
      return arrayOf(schema);
    case 'object':
      return schema.patternProperties ? { type: 'pairs' } : { type: 'group', schema };
    default:
      return undefined;
  }
}

function arrayOf({ items, minItems = 0, maxItems = Infinity }: FieldSchema): Field | undefined {
  const item = items && fieldOf(items);
  switch (item?.type) {
    case 'text':
    case 'prompt':
      return { type: 'lines' };
    case 'list':
      return item;
    case 'group':
      return { type: 'rows', item: item.schema, min: minItems, max: maxItems };
    default:
      return undefined;
  }
}

function unionOf(anyOf: readonly FieldSchema[]): Field | undefined {
  if (anyOf.every(({ const: value }) => typeof value === 'string'))
    return { type: 'choice', of: anyOf.map(({ const: value }) => String(value)) };
  if (anyOf.every(({ properties }) => properties?.['type']))
    return { type: 'variant', of: new Map(anyOf.map((one) => [String(one.properties?.['type']?.const), one])) };
  if (anyOf.some(({ properties }) => properties?.['say'])) return { type: 'list' };
  return undefined;
}

/** What a text begins with, where an empty one is no beginning. */
const firstTexts: Readonly<Record<string, string>> = {
  name: 'value',
  ask: 'Which one?',
  label: 'value',
  at: '/value',
  header: 'Authorization',
  number: '100',
  pattern: 'AA999',
};

/** What is there when a field is added: the least that its schema takes. */
export function blankOf(schema: FieldSchema, name = ''): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  const field = fieldOf(schema);
  switch (field?.type) {
    case 'way':
      return OPEN_END;
    case 'prompt':
    case 'text':
      return firstTexts[name] ?? 'text';
    case 'number':
      return field.min ?? 0;
    case 'check':
      return false;
    case 'choice':
      return field.of[0];
    case 'lines':
    case 'list':
      return ['text'];
    case 'pairs':
      return {};
    case 'rows':
      return Array.from({ length: field.min }, () => blankOf(field.item));
    case 'group':
      return Object.fromEntries(
        (schema.required ?? []).map((part) => [part, blankOf(schema.properties?.[part] ?? {}, part)]),
      );
    case 'variant':
      return blankOf([...field.of.values()][0] ?? {});
    case undefined:
      return undefined;
  }
}

/** The values with one field set; undefined takes it away. */
export function withField(values: Values, name: string, value: unknown): Values {
  const { [name]: _before, ...rest } = values;
  if (value === undefined) return rest;
  return Object.hasOwn(values, name) ? { ...values, [name]: value } : { ...rest, [name]: value };
}

interface SpokenValue {
  readonly value: string;
  readonly say: readonly string[];
}

/** `latte = lattes, cafe latte`: a value a line, and after the sign the other ways in which callers say it. */
export function listText(values: readonly (string | SpokenValue)[]): string {
  return values.map((one) => (typeof one === 'string' ? one : `${one.value} = ${one.say.join(', ')}`)).join('\n');
}

/** What `listText` has written. */
export function listOf(text: string): readonly (string | SpokenValue)[] {
  return text.split('\n').map((line) => {
    const [value = '', ...said] = line.split(' = ');
    if (said.length === 0) return line;
    return { value, say: said.join(' = ').split(/, ?/) };
  });
}
