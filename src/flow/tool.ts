import { Value } from 'typebox/value';
import type { Flow } from './schema.js';
import type { ModelTool } from './schema-model-tool.js';
import type { ToolCall } from './schema-tool.js';
import { fill } from './template.js';

/** A request to a web service, made of a tool node and of what the call knows: it may hold a caller's words. */
export interface ToolRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string | undefined;
}

type Variables = Readonly<Record<string, string>>;

const MAX_TEXT = 300;

/**
 * Fills a node's request. Variables are escaped, so that none of them can lead to another path or add a parameter.
 *
 * @returns undefined when a variable of the path has no value, or one that would be another path, or there is no url
 */
export function toolRequest(node: ToolCall, variables: Variables): ToolRequest | undefined {
  const url = node.url === undefined ? undefined : filledUrl(node.url, variables);
  if (!url) return undefined;
  const method = node.method ?? 'GET';
  const { body } = node;
  return {
    url,
    method,
    headers: node.headers ?? {},
    body: body === undefined || method === 'GET' ? undefined : JSON.stringify(filledTexts(body, variables)),
  };
}

/** The arguments of an MCP tool as texts, those without a value left out. */
export function toolArguments({ mcp }: ToolCall, variables: Variables): Variables {
  const filled = Object.entries(filledTexts(mcp?.arguments ?? {}, variables));
  return Object.fromEntries(filled.filter(([, text]) => text !== ''));
}

function filledTexts(templates: Variables, variables: Variables): Variables {
  return Object.fromEntries(Object.entries(templates).map(([name, text]) => [name, fill(text, variables)]));
}

function filledUrl(template: string, variables: Variables): URL | undefined {
  const [path = '', ...query] = template.split('?');
  const wrong = variablesIn(path).some((name) => /^\.{0,2}$/.test(variables[name] ?? ''));
  if (wrong) return undefined;
  const put = (text: string): string =>
    text.replace(variable, (_all, name: string) => encodeURIComponent(wellFormed(variables[name] ?? '')));
  const url = put([path, ...query].join('?'));
  return URL.canParse(url) ? new URL(url) : undefined;
}

const variable = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map((found) => found[1] ?? '');
}

/**
 * Takes the declared values out of an answer, as texts. Pure.
 *
 * @returns undefined when one is missing or of another type: then none of them can be trusted
 */
export function toolResults(node: ToolCall, answer: unknown): Variables | undefined {
  const values: [string, string][] = [];
  for (const { name, at, schema, optional = false } of node.results) {
    const value = valueAt(answer, at);
    if (value === undefined || value === null) {
      if (!optional) return undefined;
      continue;
    }
    if (!Value.Check(schema, value)) return undefined;
    const text = asText(value);
    if (text === undefined) return undefined;
    values.push([name, text]);
  }
  return Object.fromEntries(values);
}

/** RFC 6901. */
function valueAt(answer: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (within, step) =>
        typeof within === 'object' && within !== null && Object.hasOwn(within, step)
          ? (within as Readonly<Record<string, unknown>>)[step]
          : undefined,
      answer,
    );
}

/** One line that a voice can say; undefined for what is too long or cannot be said. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value.length > MAX_TEXT) return undefined;
  const text = wellFormed(value).replace(/\s+/g, ' ').trim();
  return /\p{Cc}/u.test(text) ? undefined : text;
}

/** Half of a surrogate pair, which JSON can hold, can be neither escaped nor said. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

/** The variables that a language model’s use of a tool sets. */
export function variablesOfTool({ parameters = [], results }: ModelTool): readonly string[] {
  return [...parameters, ...results].map(({ name }) => name);
}

/** Variables that a service fills with numbers: they are said as numbers, not digit by digit. */
export function toolNumbers(flow: Flow): ReadonlySet<string> {
  const results = Object.values(flow.nodes).flatMap((node) => {
    if (node.kind === 'tool') return node.results;
    return node.kind === 'converse' ? (node.llm?.tools ?? []).flatMap((tool) => tool.results) : [];
  });
  const numbers = results.filter(({ schema }) => schema.type === 'integer' || schema.type === 'number');
  return new Set(numbers.map(({ name }) => name));
}
