import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Fault } from './fault.js';
import type { World } from './world.js';

/** Nothing of a caller's waits for the database. */
const BOUND_MS = 1_200;
const HOLD_MS = 5_000;

let lock: Database.Database | undefined;

function databaseOf(world: World): string {
  return join(world.line.dataDir, 'handrail.sqlite');
}

async function lostRecords(world: World): Promise<number> {
  return ((await world.line.ask('/api/status')) as { readonly store: { readonly lost: number } }).store.lost;
}

async function nothingLost(world: World): Promise<string[]> {
  const lost = await lostRecords(world);
  return lost === 0 ? [] : [`${String(lost)} records were lost`];
}

export const storeFaults: readonly Fault[] = [
  {
    name: 'SQLite: locked',
    boundMs: BOUND_MS,
    holdMs: HOLD_MS,
    inject: (w) => {
      lock = new Database(databaseOf(w));
      lock.exec('BEGIN IMMEDIATE');
    },
    heal: () => {
      lock?.exec('ROLLBACK');
      lock?.close();
    },
    check: nothingLost,
  },
  {
    name: 'SQLite: disk full',
    boundMs: BOUND_MS,
    holdMs: HOLD_MS,
    inject: (w) => fileLimit(w, '1'),
    heal: (w) => fileLimit(w, 'unlimited'),
    check: nothingLost,
  },
  {
    name: 'SQLite: file corrupted',
    boundMs: BOUND_MS,
    holdMs: HOLD_MS,
    inject: (w) => {
      for (const ending of ['', '-wal']) overwrite(databaseOf(w) + ending);
    },
    // Whoever starts with it must come up all the same.
    heal: (w) => w.signalController('SIGKILL'),
  },
];

/** No file of the controller's may grow: what a full disk does, to this process alone. */
function fileLimit(world: World, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(world.controllerPid), `--fsize=${bytes}:unlimited`]);
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, randomBytes(statSync(path).size), 0);
  closeSync(file);
}
