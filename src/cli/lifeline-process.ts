import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../kernel/clock.js';
import { commandScript, supervised } from './controller-process.js';
import type { ChildHandle } from './kept-process.js';

const STOP_WITHIN_MS = 2_000;
/** It holds next to nothing; so little makes the engine clean up early instead of growing. */
const SMALL = ['--max-old-space-size=32', '--max-semi-space-size=1'] as const;

/** Where the lifeline of a data folder writes its lines. */
export function lifelineLog(dataDir: string): string {
  return join(dataDir, 'logs', 'lifeline.log');
}

/** Spawns `handrail lifeline`; its lines are added to `lifelineLog`. */
export function spawnLifeline(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  dataDir: string,
  clock: Clock,
): ChildHandle {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const log = openSync(lifelineLog(dataDir), 'a');
  try {
    const child = fork(commandScript(), ['lifeline', ...args], {
      env: { ...process.env, ...env },
      execArgv: [...SMALL],
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    return { pid: child.pid ?? 0, ready: Promise.resolve(), ...supervised(child, clock, STOP_WITHIN_MS) };
  } finally {
    closeSync(log);
  }
}
