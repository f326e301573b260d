import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBackup } from '../bundle/index.js';
import { loadConfig } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { dataDir, projectRoot } from '../kernel/paths.js';
import { version } from '../version.js';

export const backupUsage = `npx handrail backup --out FILE.tar.zst [--keys FILE] [--config FILE]   database, flows, configuration and voicemail, while it runs
npx handrail restore FILE.tar.zst [--keys FILE]                        put a backup into an empty data folder`;

/** `handrail backup`: everything that set-up cannot make again, in one file; secrets apart. */
export async function run(args: string[]): Promise<number> {
  const { out, keys, config: file } = parse(args);
  const config = loadConfig({ file, env: process.env });
  const report = await makeBackup({
    config,
    flowFile: existsSync(config.flow.file) ? resolve(config.flow.file) : join(projectRoot, config.flow.file),
    dataDir,
    out: resolve(out),
    keysFile: keys,
    version,
    clock: systemClock,
  });
  console.log(
    `${String(report.files)} files of ${dataDir} are in ${out}. They hold what callers said: keep it as you keep the database.`,
  );
  if (report.keys.length === 0) console.log('The configuration has no secret.');
  else if (keys === undefined) console.log(`Not in it, because --keys was not given: ${report.keys.join(', ')}.`);
  else console.log(`Secrets are in ${keys}: ${report.keys.join(', ')}. Keep it in another place.`);
  if (report.elsewhere.length > 0)
    console.log(`Not in it, because it lies elsewhere and is yours: ${report.elsewhere.join(', ')}.`);
  return 0;
}

function parse(args: string[]): {
  readonly out: string;
  readonly keys: string | undefined;
  readonly config: string | undefined;
} {
  const text = { type: 'string' } as const;
  let values;
  try {
    ({ values } = parseArgs({ args, options: { out: text, keys: text, config: text } }));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${backupUsage}`, {
      cause,
    });
  }
  if (values.out === undefined) throw new HandrailError('HR_USAGE', `--out is needed.\n${backupUsage}`);
  return { out: values.out, keys: values.keys, config: values.config };
}
