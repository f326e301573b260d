import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readRunInfo } from '../src/cli/run-info.js';
import { findSpeechFolder } from '../src/cli/synthetic-speech.js';
import { loadFlow } from '../src/flow/load.js';
import type { Flow } from '../src/flow/schema.js';
import { HandrailError } from '../src/kernel/errors.js';
import { projectRoot } from '../src/kernel/paths.js';
import type { LineAddress } from './line.js';
import { describeMachine, isInconclusive, type MachineRecord } from './machine.js';

/** A Handrail that was started for the bench. */
export interface StartedStack extends LineAddress {
  /** The callers of a bench that was given none by `--speech`. */
  speechFolder(): Promise<string>;
  stop(): Promise<void>;
}

export interface BenchTools {
  readonly print: (line: string) => void;
  /**
   * Starts a whole Handrail. Without it a running one is measured. `settings` writes what it needs into the folder of its
   * data and gives environment variables.
   */
  readonly startStack?: (settings?: (dataDir: string) => Promise<Record<string, string>>) => Promise<StartedStack>;
}

/**
 * A fresh Handrail, with a flow of its own or the configured one, or the Handrail that runs here.
 *
 * @throws HandrailError HR_USAGE when there is none
 */
export async function lineFor(
  { running, flow }: { readonly running: boolean; readonly flow?: string },
  { startStack }: BenchTools,
): Promise<StartedStack> {
  if (!running && startStack)
    return startStack(() => Promise.resolve(flow === undefined ? {} : { HANDRAIL_FLOW_FILE: resolve(flow) }));
  const info = await readRunInfo();
  if (!info) throw new HandrailError('HR_USAGE', 'No Handrail is running here: start one with `npm start`.');
  return { ...info, speechFolder: async () => foundSpeechFolder(), stop: () => Promise.resolve() };
}

/** @throws HandrailError HR_USAGE */
export function foundSpeechFolder(): string {
  const found = findSpeechFolder();
  if (found) return found.path;
  throw new HandrailError('HR_USAGE', 'There are no recorded callers here: give --speech DIR.');
}

/** The flow that is measured. @throws HandrailError as `loadFlow` */
export function flowOf(file: string | undefined): Promise<Flow> {
  return loadFlow(file ?? join(projectRoot, 'flows', 'cafe.json'));
}

/** Options with a value, and those without one. @throws HandrailError HR_USAGE for any other */
export function readOptions<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, string>> & { readonly running: boolean } {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { running, ...values } = parseArgs({
      args: [...args],
      options: { ...options, running: { type: 'boolean' as const } },
    }).values;
    // What parseArgs gives for options of type string.
    return { ...(values as Partial<Record<Name, string>>), running: running === true };
  } catch (cause) {
    throw new HandrailError('HR_USAGE', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A whole number from 1. @throws HandrailError HR_USAGE */
export function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new HandrailError('HR_USAGE', `${name} wants whole numbers from 1, not "${text}".`);
  return Number(text);
}

/** Says what was measured on, and whether that counts; writes the file of `--json`. */
export async function report<Result extends { readonly machine: MachineRecord }>(
  result: Result,
  json: string | undefined,
  print: BenchTools['print'],
): Promise<void> {
  print(describeMachine(result.machine));
  if (isInconclusive(result.machine)) print('Inconclusive: this machine was too busy for its figures to count.');
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, undefined, 2)}\n`);
}
