import type { ConverseNode, ModelTool } from '../flow/schema.js';

/** What a language model that may do more than talk has decided on. */
export type ModelChoice =
  | { readonly type: 'tool'; readonly tool: ModelTool; readonly arguments: Readonly<Record<string, string>> }
  | { readonly type: 'exit'; readonly exit: string };

type Decision = ModelChoice | { readonly type: 'say'; readonly text: AsyncIterable<string> };

/** Whether the model decides what to do, in a form that it is held to; else it just talks. */
export function decides({ llm }: ConverseNode): boolean {
  return (llm?.tools ?? []).length > 0 || llm?.exits === true;
}

/**
 * The form, as JSON Schema: one of `say`, a tool with its arguments, an exit. It stands in an object, as the root of a
 * schema may be no `anyOf` where OpenAI’s strict mode is spoken.
 */
export function decisionSchema({ exits, llm }: Pick<ConverseNode, 'exits' | 'llm'>): object {
  const tools = (llm?.tools ?? []).map(({ name, parameters = [] }) => ({
    tool: { type: 'string', enum: [name] },
    ...(parameters.length === 0
      ? {}
      : { arguments: object(Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema]))) }),
  }));
  const leaving = llm?.exits ? [{ exit: { type: 'string', enum: exits.map(({ id }) => id) } }] : [];
  const ways = [{ say: { type: 'string' } }, ...tools, ...leaving];
  return object({ do: { anyOf: ways.map(object) } });
}

function object(properties: object): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Tells the model what it may decide on. The same on every call. */
export function decisionInstructions({ exits, llm }: ConverseNode): string {
  const tools = (llm?.tools ?? []).map(({ description, name, parameters = [] }) => {
    const told = parameters.map((parameter) => ` ${parameter.name}: ${parameter.description}.`).join('');
    const shown = Object.fromEntries(parameters.map((parameter) => [parameter.name, '…']));
    return `${example({ tool: name, ...(parameters.length === 0 ? {} : { arguments: shown }) })} ${description}${told}`;
  });
  const leaving = llm?.exits
    ? exits.map(({ id, label }) => `${example({ exit: id })} when they ask for ${label}.`)
    : [];
  return [
    'Answer with one of these, as JSON:',
    `${example({ say: '…' })} to answer the caller in one or two short spoken sentences.`,
    ...tools,
    ...leaving,
  ].join('\n');
}

function example(decision: object): string {
  return JSON.stringify({ do: decision });
}

/**
 * Reads a decision as it is written: what is to be said can be spoken while the rest of it comes.
 *
 * @returns undefined for what is none: cut off, or by a server that does not hold the model to the form
 */
export async function readDecision(node: ConverseNode, pieces: AsyncIterable<string>): Promise<Decision | undefined> {
  const source = pieces[Symbol.asyncIterator]();
  let text = '';
  for (let next = await source.next(); !next.done; next = await source.next()) {
    text += next.value;
    const begun = /^\s*\{\s*"do"\s*:\s*\{\s*"say"\s*:\s*"/.exec(text);
    if (begun) return { type: 'say', text: insideString(text.slice(begun[0].length), source) };
  }
  return choiceIn(node, text);
}

/** The text of a JSON string, up to its closing quote. */
async function* insideString(begun: string, source: AsyncIterator<string>): AsyncGenerator<string, void, void> {
  try {
    let rest = begun;
    for (;;) {
      const [whole = ''] = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/.exec(rest) ?? [];
      if (whole !== '') yield JSON.parse(`"${whole.replaceAll(/\p{Cc}/gu, ' ')}"`) as string;
      rest = rest.slice(whole.length);
      if (rest.startsWith('"')) return;
      const next = await source.next();
      if (next.done) return;
      rest += next.value;
    }
  } finally {
    await source.return?.();
  }
}

function choiceIn({ exits, llm }: ConverseNode, text: string): ModelChoice | undefined {
  const decision = fieldsOf(parsed(text))['do'];
  const { arguments: given, exit, tool: name } = fieldsOf(decision);
  if (exits.some(({ id }) => id === exit) && llm?.exits) return { type: 'exit', exit: String(exit) };
  const tool = llm?.tools?.find((one) => one.name === name);
  if (!tool) return undefined;
  const values = (tool.parameters ?? []).map((parameter) => [parameter.name, fieldsOf(given)[parameter.name]] as const);
  if (!values.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))) return undefined;
  const texts = values.map(([parameter, value]) => [parameter, String(value).trim()]);
  return { type: 'tool', tool, arguments: Object.fromEntries(texts) as Record<string, string> };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
