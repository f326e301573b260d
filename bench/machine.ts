import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** What a latency was measured on. */
export interface MachineRecord {
  readonly cpus: number;
  /** Processors of one name may be years apart: with family and model where the system tells them. */
  readonly model: string;
  /** Share of CPU time that the hypervisor gave to others during the run, in percent. */
  readonly stealPct: number;
  /** How late the measuring caller's own 20 ms clock was, 99th percentile. */
  readonly latenessMsP99: number;
}

/** Above these the machine, and not the product, may have made the figures. */
export const inconclusiveAbove = { stealPct: 5, latenessMsP99: 20 } as const;

export interface CpuTimes {
  readonly total: number;
  readonly steal: number;
}

/** Reads the first line of /proc/stat (proc(5)): guest time is part of user time already. */
export function parseCpuTimes(stat: string): CpuTimes {
  const line = stat.split('\n').find((row) => row.startsWith('cpu ')) ?? '';
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { total: fields.reduce((sum, field) => sum + field, 0), steal: fields[7] ?? 0 };
}

/** Name, family and model of the first processor in /proc/cpuinfo (proc(5)); `undefined` where it is written otherwise. */
export function parseProcessor(cpuinfo: string): string | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*: (.+)$`, 'mu').exec(cpuinfo)?.[1]?.trim();
  const [name, family, model] = [field('model name'), field('cpu family'), field('model')];
  return name && family && model ? `${name} (family ${family}, model ${model})` : undefined;
}

/** Watches the machine from its making on. Steal is 0 where there is no /proc/stat. */
export class MachineProbe {
  readonly #before = readCpuTimes();

  record(latenessMsP99: number): MachineRecord {
    const now = readCpuTimes();
    const total = now.total - this.#before.total;
    const stealPct = total > 0 ? (100 * (now.steal - this.#before.steal)) / total : 0;
    const processors = cpus();
    return {
      cpus: processors.length,
      model: parseProcessor(read('/proc/cpuinfo')) ?? processors[0]?.model.trim() ?? 'unknown',
      stealPct: Math.round(10 * stealPct) / 10,
      latenessMsP99: Math.round(10 * latenessMsP99) / 10,
    };
  }
}

/** One line for people, with the load of the last minute. */
export function describeMachine(machine: MachineRecord): string {
  const { cpus: count, model, stealPct, latenessMsP99 } = machine;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${count} × ${model}; CPU steal ${stealPct} %, caller's clock late ${latenessMsP99} ms (p99), load ${load}`;
}

export function isInconclusive(machine: MachineRecord): boolean {
  return machine.stealPct > inconclusiveAbove.stealPct || machine.latenessMsP99 > inconclusiveAbove.latenessMsP99;
}

function readCpuTimes(): CpuTimes {
  return parseCpuTimes(read('/proc/stat'));
}

/** Empty where there is none. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
