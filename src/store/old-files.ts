import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ClockDoubt } from './clock-doubt.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface OldFilesOptions {
  /** Folders of which only the files are looked at. One that is not there is empty. */
  readonly folders: readonly string[];
  readonly keepDays: number;
  /** A clock that may be wrong deletes nothing on its first day. */
  readonly doubt?: ClockDoubt | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Deletes files that were last written more than `keepDays` ago, now and once a day. The returned function ends it. */
export function keepFilesYoung({ folders, keepDays, doubt, clock, log }: OldFilesOptions): Cancel {
  let cancel: Cancel;
  const purge = (): void => {
    cancel = clock.after(DAY_MS, purge);
    for (const folder of folders) {
      deleteOlder(folder, clock.wallMs() - keepDays * DAY_MS).then(
        (files) => files > 0 && log.info({ folder, files, keepDays }, 'deleted files that are too old'),
        (err: unknown) => log.error({ err, folder }, 'old files could not be deleted'),
      );
    }
  };
  if (doubt) cancel = clock.after(DAY_MS, purge);
  else purge();
  return () => cancel();
}

/** @returns how many */
export async function deleteOlder(folder: string, beforeWallMs: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let deleted = 0;
  for (const { name } of entries.filter((entry) => entry.isFile())) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs >= beforeWallMs) continue;
    await rm(path, { force: true });
    deleted++;
  }
  return deleted;
}
