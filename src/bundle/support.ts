import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../config/index.js';
import type { Clock } from '../kernel/clock.js';
import { pack } from './archive.js';
import { redactor, shownConfig } from './redact.js';

export interface SupportOptions {
  readonly config: Config;
  /** Texts by file name, gathered elsewhere: what doctor says, metrics, modules. They are redacted here. */
  readonly texts: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly out: string;
  readonly clock: Clock;
}

/** Of each log file, its end. */
const LOG_BYTES = 1_000_000;
const LOG_FILES = 3;

const note = `What is in this archive:
  config.json     the settings that differ from their defaults; of secrets only that they are set
  logs/           the last part of the newest logs
  the rest        what its name says
Secrets of the configuration and what may be a telephone number were taken out of every file. No call, no recording, no
transcript, no flow and no database is in it. Read it before you pass it on.
`;

/**
 * Writes an archive for whoever helps: state and logs, without secrets and without anything of a caller.
 *
 * @returns the names of its files
 * @throws HandrailError HR_DISK_FULL, HR_USAGE, HR_SUPPORT
 */
export async function makeSupportBundle(options: SupportOptions): Promise<readonly string[]> {
  const { config, texts, dataDir, out, clock } = options;
  const redact = redactor(config);
  const stage = `${resolve(out)}.staging`;
  await rm(stage, { recursive: true, force: true });
  try {
    await mkdir(join(stage, 'logs'), { recursive: true, mode: 0o700 });
    const files: Record<string, string> = {
      'README.txt': note,
      'config.json': `${JSON.stringify(shownConfig(config), undefined, 2)}\n`,
      ...texts,
      ...(await newestLogs(join(dataDir, 'logs'))),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(stage, name), redact(text));
    const timeSeconds = Math.floor(clock.wallMs() / 1_000);
    await pack({ folder: stage, out, within: 'handrail-support', timeSeconds, mode: 'u=rwX,go=', code: 'HR_SUPPORT' });
    await chmod(out, 0o600);
    return Object.keys(files);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function newestLogs(folder: string): Promise<Record<string, string>> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('handrail.log')) : [];
  const newest = names
    .map((name) => ({ name, writtenMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.writtenMs - a.writtenMs)
    .slice(0, LOG_FILES);
  const entries = newest.map(async ({ name }) => [`logs/${name}`, await endOf(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Whole lines only. */
async function endOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - LOG_BYTES);
    const bytes = Buffer.alloc(size - from);
    await file.read(bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8');
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
