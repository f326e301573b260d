import { fixedPieces } from '../../flow/pieces.js';
import { fill, isFixed, namesIn } from '../../flow/template.js';

/** A prompt as the dialplan says it: recorded texts, recorded values, and groups that are left out when a value is missing. */
export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'group'; readonly names: readonly string[]; readonly parts: readonly PromptPart[] };

/** The fixed clauses as the controller says them, from the same recordings; the rest is cut at its variables. */
export function promptParts(template: string): PromptPart[] {
  if (isFixed(template)) return spokenText(fill(template, {}));
  const head = fixedPieces(template);
  let rest = template.trim();
  for (const clause of head) rest = rest.slice(clause.length).trim();
  return [...head.flatMap(spokenText), ...templateParts(rest).flatMap(sayable)];
}

/** The parts of a template with every character of its texts. */
export function templateParts(template: string): PromptPart[] {
  return template.split(/(\[[^[\]]*\])/).flatMap((stretch): PromptPart[] => {
    if (!/^\[[^[\]]*\]$/.test(stretch)) return plainParts(stretch);
    const inner = stretch.slice(1, -1);
    const names = namesIn(inner);
    return names.length === 0 ? plainParts(inner) : [{ type: 'group', names, parts: plainParts(inner) }];
  });
}

function plainParts(text: string): PromptPart[] {
  return text.split(/(\{[A-Za-z][A-Za-z0-9_]*\})/).flatMap((stretch): PromptPart[] => {
    const [name] = namesIn(stretch);
    if (name !== undefined) return [{ type: 'variable', name }];
    return stretch === '' ? [] : [{ type: 'text', text: stretch }];
  });
}

function sayable(part: PromptPart): PromptPart[] {
  if (part.type === 'text') return spokenText(part.text);
  if (part.type === 'group') return [{ ...part, parts: part.parts.flatMap(sayable) }];
  return [part];
}

/** A full stop or a comma between two values makes no sound. */
function spokenText(text: string): PromptPart[] {
  const said = text
    .replace(/\s+/g, ' ')
    .replace(/^[\s,.;:?!]+/, '')
    .trim();
  return /[\p{L}\p{N}]/u.test(said) ? [{ type: 'text', text: said }] : [];
}
