import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreBackup } from '../bundle/index.js';
import { HandrailError } from '../kernel/errors.js';
import { dataDir } from '../kernel/paths.js';
import { backupUsage } from './backup.js';

/** `handrail restore`: a backup into an empty data folder. */
export async function run(args: string[]): Promise<number> {
  const { archive, keysFile } = parse(args);
  const { list, configFile, missingKeys } = await restoreBackup({ archive: resolve(archive), keysFile, dataDir });
  console.log(`${String(list.files.length)} files of ${list.madeAt} (Handrail ${list.version}) are in ${dataDir}.`);
  for (const path of missingKeys)
    console.log(`! Write the secret into ${path} (rights 0600): the keys were not given.`);
  console.log(`Start with this configuration: HANDRAIL_CONFIG=${configFile}`);
  return 0;
}

function parse(args: string[]): { readonly archive: string; readonly keysFile: string | undefined } {
  let parsed;
  try {
    parsed = parseArgs({ args, options: { keys: { type: 'string' } }, allowPositionals: true });
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${backupUsage}`, {
      cause,
    });
  }
  const [archive, ...more] = parsed.positionals;
  if (archive === undefined || more.length > 0)
    throw new HandrailError('HR_USAGE', `One backup is needed.\n${backupUsage}`);
  return { archive, keysFile: parsed.values.keys };
}
