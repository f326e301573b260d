import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sleep, systemClock } from '../../src/kernel/clock.js';
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
    name: 'SQLite: read-only',
    boundMs: BOUND_MS,
    holdMs: HOLD_MS,
    inject: (w) => openAgain(w, 'r'),
    heal: (w) => openAgain(w, 'r+'),
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

/**
 * Opens the files of the database anew under the numbers that SQLite knows them by: with `r` every write to them is refused,
 * as when a file system has gone read-only.
 */
async function openAgain(world: World, flags: 'r' | 'r+'): Promise<void> {
  const inspector = await world.inspect();
  inspector.evaluate(`{
    const fs = process.getBuiltinModule('fs');
    for (const name of fs.readdirSync('/proc/self/fd')) {
      let file = '';
      try { file = fs.readlinkSync('/proc/self/fd/' + name); } catch { continue; }
      if (!/handrail\\.sqlite(-wal)?$/.test(file)) continue;
      fs.closeSync(Number(name));
      const others = [];
      for (let fd = fs.openSync(file, '${flags}'); fd !== Number(name); fd = fs.openSync(file, '${flags}')) others.push(fd);
      for (const fd of others) fs.closeSync(fd);
    }
  }`);
  await sleep(systemClock, 200);
  inspector.close();
}

/** No file of the controller's may grow: what a full disk does, to this process alone. */
function fileLimit(world: World, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(world.controllerPid), `--fsize=${bytes}:unlimited`]);
}

function overwrite(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, randomBytes(statSync(path).size), 0);
  closeSync(file);
}
