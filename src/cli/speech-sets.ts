import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../kernel/clock.js';
import { homeDir } from '../kernel/paths.js';
import { download } from '../local-models/model-store-download.js';
import type { Manifest } from '../local-models/model-store-manifest.js';

const execute = promisify(execFile);
const tellEveryBytes = 10e6;

/**
 * Fetches the public recordings into HANDRAIL_HOME/speech/<id>, as their authors publish them.
 *
 * @returns the exit code
 */
export async function fetchSpeech({ use, sets }: Manifest['speech']): Promise<number> {
  console.log(`Recordings of real people: ${use}.`);
  for (const { id, licence, page } of sets) console.log(`  ${id}, ${licence}, ${page}`);
  let code = 0;
  for (const { id, url } of sets) {
    const target = join(homeDir, 'speech', id);
    const partFile = `${target}.tar.gz.part`;
    try {
      await mkdir(target, { recursive: true });
      let toldBytes = 0;
      const progress = (doneBytes: number): void => {
        if (doneBytes - toldBytes < tellEveryBytes) return;
        toldBytes = doneBytes;
        console.log(`${id}: ${String(Math.round(doneBytes / 1e6))} MB`);
      };
      await download({ url, partFile, clock: systemClock, progress });
      await execute('tar', ['-xzf', partFile, '-C', target, '--strip-components=1']);
      await rm(partFile);
      console.log(`${id}: ready in ${target}`);
    } catch (error) {
      code = 1;
      const why = error instanceof Error ? error.message : String(error);
      console.error(`${id} was not fetched: ${why}. Load ${url} on another machine and unpack it into ${target}.`);
    }
  }
  return code;
}
