import { Check } from 'typebox/schema';
import { isObject } from './message.js';

/**
 * Gives texts the types that a tool’s schema wants, and holds them against the whole schema. Pure.
 *
 * @param inputSchema the tool’s own, JSON Schema
 * @returns undefined when they are not as it wants them, or when it is none that can be checked
 */
export function typedArguments(
  inputSchema: unknown,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(inputSchema)) return undefined;
  const properties = isObject(inputSchema['properties']) ? inputSchema['properties'] : {};
  const typed = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      Object.hasOwn(properties, name) ? asWanted(properties[name], text) : text,
    ]),
  );
  try {
    return Check(inputSchema, typed) ? typed : undefined;
  } catch {
    // A pattern that is none, a reference to itself.
    return undefined;
  }
}

function asWanted(schema: unknown, text: string): unknown {
  const type = isObject(schema) ? schema['type'] : undefined;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('string')) return text;
  const wantsNumber = types.includes('integer') || types.includes('number');
  if (wantsNumber && /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

/** What of a call’s arguments a tool does not know, or misses; undefined when neither. Pure. */
export function argumentMistake(inputSchema: unknown, names: readonly string[]): string | undefined {
  if (!isObject(inputSchema)) return undefined;
  const { additionalProperties, properties, required } = inputSchema;
  const known = isObject(properties) ? Object.keys(properties) : [];
  const strange = additionalProperties === false ? names.find((name) => !known.includes(name)) : undefined;
  if (strange !== undefined) return `has no argument “${strange}”`;
  const wanted: readonly unknown[] = Array.isArray(required) ? required : [];
  const missing = wanted.find((name) => !names.includes(String(name)));
  return missing === undefined ? undefined : `wants the argument “${String(missing)}”`;
}
