/** One priority of an extension. */
export interface DialplanStep {
  readonly priority: number;
  readonly label: string | undefined;
  readonly app: string;
  /** What stands in the parentheses, split at commas that are in no parentheses, brackets or quotes. */
  readonly args: readonly string[];
  /** The comment behind it. */
  readonly comment: string;
}

export interface DialplanContext {
  readonly name: string;
  readonly extensions: ReadonlyMap<string, readonly DialplanStep[]>;
  readonly includes: readonly string[];
}

interface OpenContext {
  readonly name: string;
  readonly extensions: Map<string, DialplanStep[]>;
  readonly includes: string[];
}

/** Reads extensions.conf: contexts, extensions, `same`, labels, includes, comments. What is no dialplan is passed over. */
export function parseDialplan(text: string): ReadonlyMap<string, DialplanContext> {
  const contexts = new Map<string, OpenContext>();
  let context: OpenContext | undefined;
  let last: string | undefined;
  for (const line of text.replace(/;--[\s\S]*?--;/g, '').split(/\r?\n/)) {
    const { code, comment } = withoutComment(line);
    const header = /^\[([^\]]+)\]/.exec(code)?.[1];
    if (header !== undefined) {
      context = contexts.get(header) ?? { name: header, extensions: new Map(), includes: [] };
      contexts.set(header, context);
      last = undefined;
      continue;
    }
    const [, keyword, rest = ''] = /^(exten|same|include)\s*=>?\s*(.*)$/.exec(code) ?? [];
    if (!context || keyword === undefined) continue;
    if (keyword === 'include') {
      context.includes.push(rest.split(/[,|]/)[0]?.trim() ?? '');
      continue;
    }
    const [, extension, tail] = keyword === 'exten' ? (/^([^,]+),(.*)$/.exec(rest) ?? []) : ['', last, rest];
    if (extension === undefined || tail === undefined) continue;
    last = extension.trim();
    const steps = context.extensions.get(last) ?? [];
    const step = parseStep(tail, steps.at(-1)?.priority ?? 0, comment);
    if (step) context.extensions.set(last, [...steps, step]);
  }
  return contexts;
}

function withoutComment(line: string): { readonly code: string; readonly comment: string } {
  const at = /(?<!\\);/.exec(line)?.index;
  if (at === undefined) return { code: line.trim(), comment: '' };
  return { code: line.slice(0, at).trim(), comment: line.slice(at + 1).trim() };
}

function parseStep(text: string, before: number, comment: string): DialplanStep | undefined {
  const [, priority = '', label, app, , inner = ''] =
    /^\s*(\d+|n|hint)(?:\(([^)]*)\))?\s*,\s*(\w+)\s*(\((.*)\))?\s*$/.exec(text) ?? [];
  if (app === undefined || priority === 'hint') return undefined;
  const number = priority === 'n' ? before + 1 : Number(priority);
  return { priority: number, label, app: app.toLowerCase(), args: splitArgs(inner), comment };
}

function splitArgs(text: string): string[] {
  const args: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    else if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth--;
    else if (char === undefined || (char === ',' && depth === 0 && !quoted)) {
      args.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return args;
}
