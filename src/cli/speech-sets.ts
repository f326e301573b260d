import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../kernel/clock.js';
import { homeDir } from '../kernel/paths.js';
import { download } from '../local-models/model-store-download.js';
import type { Manifest } from '../local-models/model-store-manifest.js';
import { speechConverters } from './speech-convert.js';

const execute = promisify(execFile);
const tellEveryBytes = 10e6;

export interface SpeechPlaces {
  /** The folder of recorded callers that is made: commands.json, digits.json. @defaultValue HANDRAIL_HOME/speech */
  readonly folder: string;
  /** Where the sets are unpacked as their authors publish them, one folder each. @defaultValue HANDRAIL_HOME/speech-sets */
  readonly sources: string;
}

const usualPlaces: SpeechPlaces = { folder: join(homeDir, 'speech'), sources: join(homeDir, 'speech-sets') };

/**
 * Fetches the public recordings and makes a folder of recorded callers of them. A set whose archive was unpacked by hand
 * is only converted.
 *
 * @returns the exit code
 */
export async function fetchSpeech(
  { use, sets }: Manifest['speech'],
  { folder, sources }: SpeechPlaces = usualPlaces,
): Promise<number> {
  console.log(`Recordings of real people: ${use}.`);
  for (const { id, licence, page } of sets) console.log(`  ${id}, ${licence}, ${page}`);
  let code = 0;
  for (const { id, url } of sets) {
    const source = join(sources, id);
    try {
      if (!existsSync(source)) await fetchSet(id, url, source);
      const count = await speechConverters[id]?.(source, folder);
      console.log(`${id}: ${String(count ?? 0)} recordings in ${folder}`);
    } catch (error) {
      code = 1;
      const why = error instanceof Error ? error.message : String(error);
      console.error(
        `${id} was not fetched: ${why}. Load ${url} on another machine, unpack it as ${source}, and run this again.`,
      );
    }
  }
  return code;
}

/** Renamed when it is whole: a set that was begun and not finished is never taken for one. */
async function fetchSet(id: string, url: string, source: string): Promise<void> {
  const archive = `${source}.tar.gz.part`;
  const unpacking = `${source}.part`;
  await rm(unpacking, { recursive: true, force: true });
  await mkdir(unpacking, { recursive: true });
  let toldBytes = 0;
  const progress = (doneBytes: number): void => {
    if (doneBytes - toldBytes < tellEveryBytes) return;
    toldBytes = doneBytes;
    console.log(`${id}: ${String(Math.round(doneBytes / 1e6))} MB`);
  };
  await download({ url, partFile: archive, clock: systemClock, progress });
  await execute('tar', ['-xzf', archive, '-C', unpacking, '--strip-components=1']);
  await rename(unpacking, source);
  await rm(archive);
}
