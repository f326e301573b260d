import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError } from './lib/report.mjs';
import { runAsCommand, setUp } from './lib/setup.mjs';
import { homeDir, projectRoot } from './lib/where.mjs';

/** Each counts as one test. The one that takes longest begins, and the others are done beside it. */
const checks = [
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json', '--noEmit'] },
  { name: 'types of the admin page', command: ['tsc', '-p', 'web/tsconfig.json', '--noEmit'] },
  { name: 'arrows', command: ['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'bench'] },
  { name: 'dead code', command: ['knip'] },
];

/** What vitest runs for each part that is not `checks`. */
const projects = { unit: 'unit', acceptance: 'acceptance*' };

const parts = ['checks', ...Object.keys(projects)];

await runAsCommand(async () => {
  const only = chosenPart();
  await setUp({ pbx: 'always' });
  const total = { passed: 0, failed: 0 };
  for (const part of parts.filter((name) => only === undefined || name === only)) {
    const result = part === 'checks' ? await runChecks() : await runTests(part);
    total.passed += result.passed;
    total.failed += result.failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
});

/** Some at a time, each on a core of its own; what one has to say is shown when it has ended. */
async function runChecks() {
  const result = { passed: 0, failed: 0 };
  const waiting = [...checks];
  const core = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) result[await runCheck(next)] += 1;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, core));
  return result;
}

async function runCheck({ name, command: [tool, ...args] }) {
  const startedAt = performance.now();
  const { code, output } = await collected(join(projectRoot, 'node_modules/.bin', tool), args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`\n--- ${name}: ${[tool, ...args].join(' ')}`);
  process.stdout.write(output);
  console.log(`${name}: ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)`);
  return code === 0 ? 'passed' : 'failed';
}

/** The tests of one part. A run that breaks before it can count (a file that does not load, a crash) is one failure more. */
async function runTests(part) {
  console.log(`\n--- ${part} tests`);
  const file = join(homeDir, 'test-results', `${part}.json`);
  mkdirSync(join(homeDir, 'test-results'), { recursive: true });
  rmSync(file, { force: true });
  const vitest = join(projectRoot, 'node_modules/.bin/vitest');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await inTerminal(vitest, ['run', '--project', projects[part], ...reporters]);
  const result = countOf(file);
  if (code !== 0 && result.failed === 0) result.failed = 1;
  return result;
}

function countOf(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const brokenFiles = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function chosenPart() {
  try {
    const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
    if (only === undefined || parts.includes(only)) return only;
  } catch {
    // told below
  }
  throw new SetupError('The command was not understood.', `npm test [-- --only ${parts.join('|')}]`);
}

/** Runs a program to its end; what it says, on either channel, is in the order of its arrival. */
function collected(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function inTerminal(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
