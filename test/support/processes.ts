import { readdirSync, readFileSync } from 'node:fs';

/** A running process, as /proc tells it. */
export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every process that has `mark` in its environment or command line: whatever a stack started, and whatever that started
 * in turn, also when a parent in between has died. The mark is the stack's own data folder.
 */
export function processesMarked(mark: string): RunningProcess[] {
  return pids()
    .map((pid) => ({ pid, command: textOf(pid, 'cmdline'), environment: textOf(pid, 'environ') }))
    .filter(({ command, environment }) => command.includes(mark) || environment.includes(mark))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/** Empty for a process that has ended meanwhile, or belongs to somebody else. */
function textOf(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
