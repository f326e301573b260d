import { readdirSync, readFileSync } from 'node:fs';
import { components, type Component } from './judge.js';

/** Linux counts processor time in hundredths of a second (sysconf(_SC_CLK_TCK)). */
const TICK_MS = 10;

/** Which part of Handrail a command line is; `undefined` for anything else. */
export function componentOf(commandLine: string): Exclude<Component, 'caller'> | undefined {
  if (commandLine.includes('whisper_worker.py')) return 'stt';
  if (commandLine.includes('piper_worker.py')) return 'tts';
  if (commandLine.includes('llama-server')) return 'llm';
  if (commandLine.includes('/asterisk')) return 'asterisk';
  return /main\.js (run|lifeline)\b/.test(commandLine) ? 'controller' : undefined;
}

/** utime and stime of proc(5), after the name in brackets, which may hold blanks. */
export function processorMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Processor time so far of everything that was started for this data folder, and of this process. Milliseconds. */
export function processorTimes(dataDir: string): Record<Component, number> {
  const times = Object.fromEntries(components.map((name) => [name, 0])) as Record<Component, number>;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const command = textOf(pid, 'cmdline').replaceAll('\0', ' ');
    const isOurs = command.includes(dataDir) || textOf(pid, 'environ').includes(dataDir);
    const component = Number(pid) === process.pid ? 'caller' : isOurs ? componentOf(command) : undefined;
    const stat = component && textOf(pid, 'stat');
    if (component && stat) times[component] += processorMsOf(stat);
  }
  return times;
}

/** Empty for a process that has ended meanwhile. */
function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
