import { readdirSync, readFileSync } from 'node:fs';

const SCHED_FIFO = 1;
const SCHED_RR = 2;

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

/** Threads that go before others: of a real-time class, or with a nice value below 0 (proc(5), fields 41 and 19). */
export function favouredThreads(pid: number): number {
  const folder = `/proc/${String(pid)}/task`;
  return readdirSync(folder).filter((thread) => {
    const fields = readFileSync(`${folder}/${thread}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [SCHED_FIFO, SCHED_RR].includes(Number(fields[38])) || Number(fields[16]) < 0;
  }).length;
}

/** Whether the system lets this process favour threads (capabilities(7): CAP_SYS_NICE is number 23). */
export function mayFavour(): boolean {
  const effective = /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & (1n << 23n)) !== 0n;
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
