import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { projectRoot } from '../kernel/paths.js';

/** What `handrail run` tells the process that forked it. */
export type ControllerMessage =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'ready'; readonly adminUrl: string }
  | { readonly type: 'failed'; readonly problem: string };

export interface ControllerProcess {
  readonly adminUrl: string;
  readonly pid: number;
  /** Kept with the exit code when it has ended, by `stop` or by itself. */
  readonly ended: Promise<number>;
  /** SIGTERM; SIGKILL after 8 s. Idempotent. */
  stop(): Promise<void>;
}

/** The first start renders every prompt of the flow and builds the recogniser's graphs. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 8_000;

/**
 * Runs the controller as a child process and waits until it is ready for calls.
 *
 * @throws HandrailError HR_SETUP_FAILED with the controller's own words; no process is left
 */
export async function startControllerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  clock: Clock,
  onProgress: (line: string) => void = () => undefined,
): Promise<ControllerProcess> {
  // A group of its own: a terminal's Ctrl-C reaches the parent, which then stops controller and Asterisk in order.
  const child = fork(script(), ['run', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const cancel = clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
    await ended;
    cancel();
  };
  try {
    const adminUrl = await readiness(child, ended, clock, onProgress);
    return { adminUrl, pid: child.pid ?? 0, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Beside this file once compiled; tests run from the sources and take what `npm test` has built. */
function script(): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), 'main.js');
  return existsSync(beside) ? beside : join(projectRoot, 'dist/src/cli/main.js');
}

function readiness(
  child: ChildProcess,
  ended: Promise<number>,
  clock: Clock,
  onProgress: (line: string) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => reject(new HandrailError('HR_SETUP_FAILED', `The controller: ${problem}`));
    const cancel = clock.after(READY_WITHIN_MS, () => fail('it was not ready in five minutes.'));
    child.on('message', (message) => {
      const told = message as ControllerMessage;
      if (told.type === 'progress') return onProgress(told.line);
      cancel();
      if (told.type === 'ready') resolve(told.adminUrl);
      else fail(told.problem);
    });
    void ended.then((code) => {
      cancel();
      fail(`it ended with exit code ${String(code)}; its log says why.`);
    });
  });
}
