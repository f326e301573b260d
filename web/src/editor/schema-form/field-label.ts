import { fieldWords } from '../../words/index.js';

const known = fieldWords as Readonly<Record<string, string>>;

/** The words for a field: of its place (`secret.name`) before those of its name alone (`name`). */
export function fieldLabel(path: readonly string[]): string {
  return labelIn(known, path) ?? path.at(-1) ?? '';
}

/** @returns undefined where a language has none */
export function labelIn(language: Readonly<Record<string, string>>, path: readonly string[]): string | undefined {
  return language[path.slice(-2).join('.')] ?? language[path.at(-1) ?? ''];
}
