import { HandrailError } from '../../kernel/errors.js';

/** What one check found. A `problem` keeps calls from working, a `warning` does not; both say what to do. */
export type Finding =
  | { readonly state: 'ok'; readonly found: string }
  | { readonly state: 'warning' | 'problem'; readonly found: string; readonly mend: string };

/** One line of doctor. A check that throws has found a problem. */
export interface Check<Context> {
  readonly name: string;
  look(context: Context): Finding | Promise<Finding>;
}

export function ok(found: string): Finding {
  return { state: 'ok', found };
}

export function warning(found: string, mend: string): Finding {
  return { state: 'warning', found, mend };
}

export function problem(found: string, mend: string): Finding {
  return { state: 'problem', found, mend };
}

/** An error as a finding: a `HandrailError` brings its own advice. */
export function findingOf(error: unknown): Finding {
  if (error instanceof HandrailError) return problem(`${error.code}: ${error.message}`, error.mend);
  return problem(error instanceof Error ? error.message : String(error), 'See the message.');
}

/**
 * Runs the checks one after the other, so that none measures the load of another.
 *
 * @param signal ends the run before the next check: the one that runs first removes what it has made
 * @returns how many found a problem
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  print: (line: string) => void,
  signal?: AbortSignal,
): Promise<number> {
  let problems = 0;
  for (const check of checks) {
    if (signal?.aborted) break;
    const finding = await lookSafely(check, context);
    if (finding.state === 'problem') problems++;
    print(describeFinding(check.name, finding));
  }
  return problems;
}

const signs = { ok: '✓', warning: '!', problem: '✗' } as const satisfies Record<Finding['state'], string>;
const NAME_COLUMNS = 18;

/** One line: sign, name, what was found, and what to do. */
export function describeFinding(name: string, finding: Finding): string {
  const line = `${signs[finding.state]} ${name.padEnd(NAME_COLUMNS)} ${finding.found.replace(/\s*\n\s*/g, '; ')}`;
  return finding.state === 'ok' ? line : `${line} → ${finding.mend}`;
}

async function lookSafely<Context>(check: Check<Context>, context: Context): Promise<Finding> {
  try {
    return await check.look(context);
  } catch (error) {
    return findingOf(error);
  }
}
