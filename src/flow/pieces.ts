import { fill, isFixed } from './template.js';

/**
 * A prompt as it is said: the fixed clauses that it begins with, each a piece of its own, then the rest in one. “Great,
 * your {drink} will be ready.” begins with “Great,” out of the cache while the engine still speaks the rest, so the
 * caller waits for nothing. The rest stays in one piece, for the sake of its melody.
 */
export function pieces(template: string, variables: Readonly<Record<string, string>>): string[] {
  const { head, rest } = split(template);
  const tail = fill(rest, variables);
  return tail === '' ? head : [...head, tail];
}

/** The pieces of a template that are the same on every call. */
export function fixedPieces(template: string): string[] {
  const { head, rest } = split(template);
  return rest !== '' && isFixed(rest) ? [...head, rest] : head;
}

function split(template: string): { readonly head: string[]; readonly rest: string } {
  if (isFixed(template)) return { head: [], rest: template.trim() };
  const head: string[] = [];
  let rest = template.trim();
  for (let clause = firstClause(rest); clause && isFixed(clause); clause = firstClause(rest)) {
    head.push(clause);
    rest = rest.slice(clause.length).trim();
  }
  return { head, rest };
}

/** Up to and with the first mark that ends a clause; never into an optional group. */
function firstClause(text: string): string | undefined {
  return /^[^[{]*?[,.?!;:](?=\s)/.exec(text)?.[0];
}
