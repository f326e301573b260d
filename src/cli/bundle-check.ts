import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import BetterSqlite3 from 'better-sqlite3';
import { loadConfig, type Config } from '../config/index.js';
import { dataDir } from '../kernel/paths.js';
import { schemaOf } from '../store/kept-database.js';
import { migrations } from '../store/migrations.js';
import { version } from '../version.js';
import { ok, problem, runChecks, type Check, type Finding } from './doctor/check.js';
import { machineChecks } from './doctor/machine.js';
import { asteriskCommand, defaultPrefix, privatePbxInstalled } from './private-pbx.js';

/** What doctor looks at, as far as it does not depend on what runs here at the moment. */
const ofTheMachine = ['Node', 'processor', 'Python', 'models'];

/**
 * Whether this version can run on this machine, with this configuration and this database: asked before it becomes the
 * current one.
 *
 * @returns the exit code
 */
export async function checkInstalled(print: (line: string) => void): Promise<number> {
  const config = loadConfig({ env: process.env });
  const checks: readonly Check<Config>[] = [
    ...machineChecks.filter(({ name }) => ofTheMachine.includes(name)),
    { name: 'database', look: () => judgeDatabase(join(dataDir, 'handrail.sqlite')) },
    { name: 'private Asterisk', look: lookAtAsterisk },
  ];
  return (await runChecks(checks, config, print)) === 0 ? 0 : 1;
}

/** Opening one in memory loads the compiled module: it was made for one kind of processor and C library. */
function judgeDatabase(path: string): Finding {
  new BetterSqlite3(':memory:').close();
  if (!existsSync(path)) return ok('none yet');
  const schema = schemaOf(path);
  const known = migrations.length;
  if (schema > known)
    return problem(
      `${path} has schema ${String(schema)}, Handrail ${version} knows ${String(known)}`,
      'Install a version that is not older, or go back with `handrail rollback`, which brings back the database of before.',
    );
  return ok(
    schema === known
      ? `schema ${String(schema)}`
      : `schema ${String(schema)}, will become ${String(known)} at the first start; a copy is kept`,
  );
}

async function lookAtAsterisk({ ari }: Config): Promise<Finding> {
  if (!privatePbxInstalled())
    return ari.url === undefined
      ? problem(
          'none here, and ari.url is not set',
          'Set ari.url in the configuration, or take a bundle with Asterisk.',
        )
      : ok('none here; ari.url is set');
  const { command, args } = asteriskCommand(defaultPrefix, dataDir);
  // Only its version is asked: the configuration that `-C` would name is not there.
  const { stdout } = await promisify(execFile)(command, [...args.slice(0, 3), '-V']);
  return ok(stdout.trim());
}
