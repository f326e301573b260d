import type { Finding, FindingCode } from './finding.js';

/** One finding for each item that is there more than once. */
export function duplicates(
  code: FindingCode,
  what: string,
  items: readonly string[],
): readonly Omit<Finding, 'nodeId'>[] {
  const twice = new Set(items.filter((item, index) => items.indexOf(item) !== index));
  return [...twice].map((item) => ({
    code,
    severity: code === 'duplicate-phrase' || code === 'duplicate-value' ? 'warning' : 'error',
    message: `The ${what} “${item}” is there twice.`,
    mend: `Give each ${what} once.`,
  }));
}
