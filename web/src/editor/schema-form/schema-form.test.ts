import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { flowDefaults, flowHeadSchema, nodeSchemas, type NodeKind } from '../../../../src/flow/schema.js';
import { fields as english } from '../../words/fields-english.js';
import { fields as german } from '../../words/fields-german.js';
import { blankOf, fieldOf, jsonSchemaOf, listOf, listText, withField, type FieldSchema } from './field.js';
import { labelIn } from './field-label.js';
import { nodeFields } from './node-fields.js';

const kinds = Object.keys(nodeSchemas) as readonly NodeKind[];

/** Every field below these, with its place. */
function everyField(
  schema: FieldSchema,
  names: readonly string[],
  path: readonly string[],
): (readonly [readonly string[], FieldSchema])[] {
  return names.flatMap((name) => {
    const part = schema.properties?.[name];
    if (!part || part.const !== undefined) return [];
    const here = [...path, name];
    const field = fieldOf(part);
    const inner =
      field?.type === 'group'
        ? [field.schema]
        : field?.type === 'rows'
          ? [field.item]
          : field?.type === 'variant'
            ? [...field.of.values()]
            : [];
    return [[here, part] as const, ...inner.flatMap((one) => everyField(one, Object.keys(one.properties ?? {}), here))];
  });
}

const head = jsonSchemaOf(flowHeadSchema);
const forms = [
  ['flow', everyField(head, ['language'], [])],
  ['defaults', everyField(head.properties?.['defaults'] ?? {}, Object.keys(flowDefaults), ['defaults'])],
  ...kinds.map((kind) => {
    const { schema, first, more } = nodeFields(kind);
    return [kind, everyField(schema, [...first, ...more], [kind])] as const;
  }),
] as const;

describe.each(forms)('the form of %s', (_name, fields) => {
  test('has a way to fill in each field, with a name in every language', () => {
    for (const [path, schema] of fields) {
      expect(fieldOf(schema), `${path.join('.')}: fieldOf has to know it`).toBeDefined();
      expect(labelIn(english, path), `${path.join('.')}: words/fields-english.ts`).toBeTruthy();
      expect(labelIn(german, path), `${path.join('.')}: words/fields-german.ts`).toBeTruthy();
    }
  });

  test('adds what the schema takes', () => {
    for (const [path, schema] of fields) {
      const field = fieldOf(schema);
      const added =
        field?.type === 'group'
          ? [schema]
          : field?.type === 'rows'
            ? [field.item]
            : field?.type === 'variant'
              ? [...field.of.values()]
              : [];
      for (const one of added) expect(Value.Check(one as TSchema, blankOf(one)), path.join('.')).toBe(true);
    }
  });
});

test('a list is written a value a line, with other ways to say it', () => {
  const values = ['tea', { value: 'latte', say: ['cafe latte', 'lattes'] }];
  expect(listText(values)).toBe('tea\nlatte = cafe latte, lattes');
  expect(listOf(listText(values))).toEqual(values);
  // As it is typed, letter by letter.
  for (const text of ['', 'latte ', 'latte =', 'latte = ', 'latte = a, ', 'tea\n'])
    expect(listText(listOf(text))).toBe(text);
});

test('an emptied field is taken away, a filled one keeps its place', () => {
  expect(withField({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
  expect(Object.keys(withField({ a: 1, b: 2 }, 'a', 3))).toEqual(['a', 'b']);
});
