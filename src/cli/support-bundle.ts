import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf } from '../ari/address.js';
import { askPlain } from '../ari/plain-request.js';
import { makeSupportBundle, usualEnding } from '../bundle/index.js';
import { loadConfig, type Config } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { dataDir, projectRoot } from '../kernel/paths.js';
import { schemaOf } from '../store/kept-database.js';
import { version } from '../version.js';
import { askPublic } from './admin-client.js';
import { commandScript } from './controller-process.js';
import { controllerUrl } from './controller-address.js';

export const supportUsage = `npx handrail support-bundle [--out FILE.tar.gz] [--config FILE]   state and logs for whoever helps, without secrets and callers`;

const DOCTOR_WITHIN_MS = 120_000;
const ASKED_WITHIN_MS = 5_000;

/** `handrail support-bundle`: works whether Handrail runs or not; what cannot be had is told in its place. */
export async function run(args: string[]): Promise<number> {
  const { out, file } = parse(args);
  const config = loadConfig({ file, env: process.env });
  const archive = out ?? `handrail-support${await usualEnding()}`;
  const texts = {
    'versions.json': `${JSON.stringify(versions(), undefined, 2)}\n`,
    'doctor.txt': await doctor(file),
    'metrics.txt': await orWhyNot(() => askPublic(controllerUrl(config), '/metrics')),
    'ready.json': await orWhyNot(() => askPublic(controllerUrl(config), '/readyz')),
    'asterisk.json': await orWhyNot(() => askAsterisk(config, 'info')),
    'modules.json': await orWhyNot(() => askAsterisk(config, 'modules')),
  };
  const files = await makeSupportBundle({ config, texts, dataDir, out: archive, clock: systemClock });
  console.log(`${archive}: ${files.join(', ')}.
Secrets and telephone numbers were taken out. Read it before you pass it on.`);
  return 0;
}

function versions(): unknown {
  const database = join(dataDir, 'handrail.sqlite');
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    handrail: version,
    node: process.versions.node,
    system: `${process.platform} ${process.arch} ${release()}`,
    processors: `${String(cpus().length)} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memoryBytes: totalmem(),
    schema: existsSync(database) ? schemaOf(database) : 'no database',
    dependencies,
  };
}

/** As a process of its own: it prints, and may find that nothing can be loaded. */
function doctor(file: string | undefined): Promise<string> {
  const args = [commandScript(), 'doctor', '--no-call', ...(file === undefined ? [] : ['--config', file])];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: DOCTOR_WITHIN_MS }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

async function askAsterisk({ ari }: Config, what: 'info' | 'modules'): Promise<string> {
  if (ari.url === undefined || !ari.password) return 'A private Asterisk; see doctor.txt.\n';
  const address = addressOf({ ...ari, url: ari.url, password: ari.password });
  const path = `asterisk/${what}`;
  return (await askPlain(address, { method: 'GET', path, timeoutMs: ASKED_WITHIN_MS, clock: systemClock })).text;
}

async function orWhyNot(ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    return `Not to be had: ${error instanceof Error ? error.message : String(error)}\n`;
  }
}

function parse(args: string[]): { readonly out: string | undefined; readonly file: string | undefined } {
  const text = { type: 'string' } as const;
  try {
    const { out, config } = parseArgs({ args, options: { out: text, config: text } }).values;
    return { out, file: config };
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${supportUsage}`, {
      cause,
    });
  }
}
