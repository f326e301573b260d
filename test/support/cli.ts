import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../src/kernel/paths.js';
import { until } from '../harness.js';

export interface CliResult {
  readonly code: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

export const cliScript = join(projectRoot, 'dist/src/cli/main.js');

/** Runs `handrail …` as a user does, to its end. A command that does not end in time, usually a minute, is killed: code -1. */
export function handrail(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
  limitMs?: number,
): Promise<CliResult> {
  return runToEnd(process.execPath, [cliScript, ...args], env, cwd, limitMs);
}

/** As `handrail`, for any program. */
export function runToEnd(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
  limitMs = 60_000,
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Waits for a `handrail start` that was just started: whether it has come up, and all that it has said. */
export async function comesUp(child: ChildProcess, withinMs: number): Promise<{ isUp: boolean; said: string }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const isUp = await until(withinMs, () =>
    said.includes('Handrail is up') ? true : child.exitCode === null ? undefined : false,
  );
  return { isUp: isUp === true, said };
}
