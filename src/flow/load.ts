import { readFile } from 'node:fs/promises';
import { HandrailError } from '../kernel/errors.js';
import { flowHeadSchema, nodeSchemas, type Flow, type NodeKind } from './schema.js';
import { schemaMistakes, type SchemaMistake } from './schema-mistakes.js';

/**
 * Checks a parsed JSON document against the flow schema, each node against the schema of its kind.
 * Edges and other sense are the lint's business (`lintFlow`).
 *
 * @param where file or other place that the document comes from, for the message
 * @throws HandrailError HR_FLOW_INVALID with one line a mistake
 */
export function parseFlow(json: unknown, where: string): Flow {
  const mistakes = flowMistakes(json);
  if (mistakes.length > 0) {
    const lines = mistakes.map((mistake) => `  ${mistake.where}: ${mistake.what}`);
    throw new HandrailError('HR_FLOW_INVALID', `${where}:\n${lines.join('\n')}`);
  }
  return json as Flow;
}

/** Reads and checks a flow file. @throws HandrailError HR_FLOW_INVALID, also when it cannot be read or is no JSON */
export async function loadFlow(file: string): Promise<Flow> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new HandrailError('HR_FLOW_INVALID', `${file}: the file cannot be read`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'not JSON';
    throw new HandrailError('HR_FLOW_INVALID', `${file}: ${detail}`, { cause });
  }
  return parseFlow(json, file);
}

/** All mistakes of form, in the order of the document; empty for a flow. */
export function flowMistakes(json: unknown): readonly SchemaMistake[] {
  if (!isRecord(json)) return [{ where: 'flow', what: 'must be a JSON object' }];
  const { nodes, ...head } = json;
  const mistakes: SchemaMistake[] = [...schemaMistakes(flowHeadSchema, head, '')];
  if (!isRecord(nodes)) return [...mistakes, { where: 'nodes', what: 'must be an object of nodes by name' }];
  for (const [id, node] of Object.entries(nodes)) {
    const at = `nodes.${id}`;
    if (!nodeIdPattern.test(id))
      mistakes.push({ where: at, what: `the name of a node must match ${nodeIdPattern.source}` });
    mistakes.push(...nodeMistakes(node, at));
  }
  return mistakes;
}

const nodeIdPattern = /^[a-z][A-Za-z0-9_-]{0,63}$/;

function nodeMistakes(node: unknown, at: string): readonly SchemaMistake[] {
  if (!isRecord(node)) return [{ where: at, what: 'must be an object' }];
  if (!isKind(node['kind'])) {
    return [{ where: `${at}.kind`, what: `must be one of ${Object.keys(nodeSchemas).join(', ')}` }];
  }
  return schemaMistakes(nodeSchemas[node['kind']], node, at);
}

function isKind(kind: unknown): kind is NodeKind {
  return typeof kind === 'string' && Object.hasOwn(nodeSchemas, kind);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
