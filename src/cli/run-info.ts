import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDir } from '../kernel/paths.js';

/** Where a running Handrail is to be reached: what `handrail start` leaves in HANDRAIL_DATA/run.json. */
export interface RunInfo {
  readonly sipHost: string;
  readonly sipPort: number;
  readonly extension: string;
  readonly adminUrl: string;
  /** Its data, and the token for commands of this machine. */
  readonly dataDir: string;
}

export const runInfoPath = join(dataDir, 'run.json');

/** @returns `undefined` when nothing runs, or the file is of another make */
export async function readRunInfo(path: string = runInfoPath): Promise<RunInfo | undefined> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
  return isRunInfo(parsed) ? parsed : undefined;
}

function isRunInfo(value: unknown): value is RunInfo {
  if (typeof value !== 'object' || value === null) return false;
  const info = value as Partial<Record<keyof RunInfo, unknown>>;
  return (
    typeof info.sipHost === 'string' &&
    typeof info.sipPort === 'number' &&
    typeof info.extension === 'string' &&
    typeof info.adminUrl === 'string' &&
    typeof info.dataDir === 'string'
  );
}
