import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { projectRoot } from '../kernel/paths.js';
import type { ChildHandle } from './kept-process.js';

/** What `handrail run` tells the process that forked it. */
export type ControllerMessage =
  | { readonly type: 'progress'; readonly line: string }
  | ({ readonly type: 'ready' } & ControllerReady)
  | { readonly type: 'failed'; readonly problem: string };

/** Where the controller is reached. */
export interface ControllerReady {
  readonly adminUrl: string;
  /** The link of the first login, while nobody has a password. A secret: for the terminal of whoever starts it. */
  readonly firstLoginUrl?: string | undefined;
}

export interface ControllerChild extends ChildHandle {
  /** Resolves when calls can come. @throws HandrailError HR_SETUP_FAILED */
  readonly ready: Promise<ControllerReady>;
}

/** The first start renders every prompt of the flow and builds the recogniser's graphs. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 8_000;

/** A controller that is ready for calls. */
export interface ControllerProcess extends Omit<ChildHandle, 'ready'>, ControllerReady {}

/** Spawns `handrail run`. Stopping is SIGTERM, and SIGKILL 8 s after the time that running calls may have to end. */
export function spawnController(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  clock: Clock,
  onProgress: (line: string) => void = () => undefined,
  drainMs = 0,
): ControllerChild {
  // A group of its own: a terminal's Ctrl-C reaches the parent, which then stops controller and Asterisk in order.
  const child = fork(commandScript(), ['run', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const { ended, stop } = supervised(child, clock, drainMs + STOP_WITHIN_MS);
  const ready = readiness(child, ended, clock, onProgress);
  // Whoever waits for it hears of it; one that is stopped while it starts has nobody who waits.
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready, ended, stop };
}

/**
 * Runs the controller as a child process and waits until it is ready for calls.
 *
 * @throws HandrailError HR_SETUP_FAILED with the controller's own words; no process is left
 */
export async function startControllerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  clock: Clock,
  onProgress?: (line: string) => void,
  drainMs?: number,
): Promise<ControllerProcess> {
  const { pid, ready, ended, stop } = spawnController(args, env, clock, onProgress, drainMs);
  try {
    return { ...(await ready), pid, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How a child ended, and how to end it. */
export function supervised(
  child: ChildProcess,
  clock: Clock,
  stopWithinMs: number,
): Pick<ChildHandle, 'ended' | 'stop'> {
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    child.once('error', () => resolve(1));
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const cancel = clock.after(stopWithinMs, () => child.kill('SIGKILL'));
    await ended;
    cancel();
  };
  return { ended, stop };
}

/** Beside this file once compiled; tests run from the sources and take what `npm test` has built. */
export function commandScript(): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), 'main.js');
  return existsSync(beside) ? beside : join(projectRoot, 'dist/src/cli/main.js');
}

function readiness(
  child: ChildProcess,
  ended: Promise<number>,
  clock: Clock,
  onProgress: (line: string) => void,
): Promise<ControllerReady> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => reject(new HandrailError('HR_SETUP_FAILED', `The controller: ${problem}`));
    const cancel = clock.after(READY_WITHIN_MS, () => fail('it was not ready in five minutes.'));
    child.on('message', (message) => {
      const told = message as ControllerMessage;
      if (told.type === 'progress') return onProgress(told.line);
      cancel();
      if (told.type === 'ready') resolve({ adminUrl: told.adminUrl, firstLoginUrl: told.firstLoginUrl });
      else fail(told.problem);
    });
    void ended.then((code) => {
      cancel();
      fail(`it ended with exit code ${String(code)}; its log says why.`);
    });
  });
}
