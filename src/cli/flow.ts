import { parseArgs } from 'node:util';

import { lintFlow } from '../flow/lint.js';
import { loadFlow } from '../flow/load.js';
import { HandrailError } from '../kernel/errors.js';

const usage = 'Usage: handrail flow lint FILE';

/**
 * `handrail flow lint FILE`: prints every finding, one a line.
 *
 * @returns exit status: 0 when there is no error (warnings may be)
 * @throws HandrailError HR_USAGE, HR_FLOW_INVALID
 */
export async function run(
  args: readonly string[],
  print: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const file = fileToLint(args);
  const findings = lintFlow(await loadFlow(file));
  for (const { severity, nodeId, message, mend, code } of findings) {
    print(`${severity} ${nodeId}: ${message} ${mend} (${code})`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  print(`${file}: ${errors} errors, ${findings.length - errors} warnings`);
  return errors === 0 ? 0 : 1;
}

function fileToLint(args: readonly string[]): string {
  let positionals: readonly string[];
  try {
    ({ positionals } = parseArgs({ args: [...args], allowPositionals: true, strict: true }));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', usage, { cause });
  }
  const [action, file, ...rest] = positionals;
  if (action !== 'lint' || file === undefined || rest.length > 0) throw new HandrailError('HR_USAGE', usage);
  return file;
}
