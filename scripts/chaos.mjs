import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from './lib/report.mjs';
import { runAsCommand, setUp } from './lib/setup.mjs';
import { projectRoot } from './lib/where.mjs';

const usage = `npm run chaos -- [--only NAME] [--calls N] [--json FILE]
  --only   faults whose name contains this, or one of several, with commas between; without it all of them
  --calls  live calls of each fault, 10 without it
  --json   writes { machine, faults } to a file`;

await runAsCommand(async () => {
  const env = settingsFrom(process.argv.slice(2));
  await setUp({ pbx: 'always' });
  const vitest = join(projectRoot, 'node_modules/.bin/vitest');
  const args = ['run', '--project', 'chaos', '--disable-console-intercept'];
  const child = spawn(vitest, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...env } });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done(code ?? 1));
  });
});

/** The harness reads its options from the environment, as a test runner takes no words of ours. */
function settingsFrom(args) {
  try {
    const option = { type: 'string' };
    const { calls, json, only } = parseArgs({ args, options: { calls: option, json: option, only: option } }).values;
    if (calls !== undefined && !/^[1-9]\d?$/.test(calls)) throw new Error('--calls wants a number from 1 to 99');
    return {
      ...(calls === undefined ? {} : { HANDRAIL_CHAOS_CALLS: calls }),
      ...(only === undefined ? {} : { HANDRAIL_CHAOS_ONLY: only }),
      ...(json === undefined ? {} : { HANDRAIL_CHAOS_JSON: resolve(json) }),
    };
  } catch (error) {
    throw new SetupError(`The command was not understood: ${error.message}`, usage);
  }
}
