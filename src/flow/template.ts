/**
 * Prompt templates: `{name}` is replaced by the variable, `[ … {name} … ]` is left out when a variable inside is empty.
 * Pure; unknown variables become nothing. Spaces that a missing group leaves behind are closed.
 */
export function fill(template: string, variables: Readonly<Record<string, string>>): string {
  const groups = template.replace(/\[([^[\]]*)\]/g, (_all, inner: string) =>
    namesIn(inner).every((name) => variables[name]) ? inner : '',
  );
  return groups
    .replace(/\{([A-Za-z][A-Za-z0-9_]*)\}/g, (_all, name: string) => variables[name] ?? '')
    .replace(/\s+/g, ' ')
    .replace(/\s+([,.?!;:])/g, '$1')
    .trim();
}

/** The variables that a template names. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(/\{([A-Za-z][A-Za-z0-9_]*)\}/g)].map((m) => m[1] ?? '');
}

/** Whether the template says the same thing on every call, so that it can be rendered before. */
export function isFixed(template: string): boolean {
  return namesIn(template).length === 0;
}
