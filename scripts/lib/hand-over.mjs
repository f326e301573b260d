import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs a compiled entry point in this terminal until it ends.
 *
 * @returns {Promise<number>} its exit code, or 128 + the signal that ended it
 */
export function handOver(script, args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to every process of its foreground group, so the child has it already: pass SIGINT on
  // only where this process alone was signalled.
  process.on('SIGINT', () => inTerminalForeground() || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal] ?? 137));
  });
}

/** proc(5): the fields after the command name are state, ppid, pgrp, session, tty_nr, tpgid. */
function inTerminalForeground() {
  try {
    const [, , processGroup, , , foregroundGroup] = readFileSync('/proc/self/stat', 'utf8')
      .split(') ')
      .pop()
      .split(' ');
    return processGroup === foregroundGroup;
  } catch {
    return process.stdin.isTTY === true;
  }
}
