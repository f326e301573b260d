import { mkdirSync } from 'node:fs';
import { Report, SetupError } from './report.mjs';
import * as steps from './steps.mjs';
import { homeDir, pbxIsConfigured } from './where.mjs';

const oldestNode = [20, 11];
const stillRunningEveryMs = 20_000;

/**
 * Makes everything that is missing, nothing twice. Steps that do not need each other run at the same time.
 *
 * @param {{ pbx: 'when-none-is-configured' | 'always' }} options tests always use an Asterisk of their own
 * @throws {SetupError} when a needed step fails; the steps that run beside it are let finish first
 */
export async function setUp({ pbx }) {
  checkNode();
  mkdirSync(homeDir, { recursive: true });
  const wanted = [
    steps.nodeModulesStep,
    steps.databaseStep,
    steps.pythonStep,
    ...(pbx === 'always' || !pbxIsConfigured() ? [steps.asteriskStep] : []),
    steps.llamaStep,
    steps.buildStep,
    steps.webStep,
    steps.docsStep,
    steps.modelsStep,
  ];
  const report = new Report();
  const running = new Map();
  for (const step of wanted) {
    const before = step.needs.map((id) => running.get(id));
    running.set(
      step.id,
      Promise.all(before).then(() => runStep(step, report)),
    );
  }
  const results = await Promise.allSettled(running.values());
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Runs `main`, prints a failure as one clear sentence with its code, and exits with what `main` returns. */
export async function runAsCommand(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`HR_SETUP_FAILED: ${error.message.trimEnd()}\n— ${error.mend}`);
    process.exitCode = 1;
  }
}

async function runStep(step, report) {
  if (await step.upToDate()) return;
  const startedAt = performance.now();
  report.begin(step.id, step.size);
  // A compiler can be silent for minutes.
  const alive = setInterval(() => report.stillRunning(step.id), stillRunningEveryMs);
  try {
    const detail = await step.make(
      (text) => report.progress(step.id, text),
      (text) => report.warn(step.id, text),
    );
    report.done(step.id, performance.now() - startedAt, detail);
  } catch (error) {
    if (step.without === undefined || !(error instanceof SetupError)) throw inStep(step, error);
    report.warn(step.id, `${error.message.trimEnd()} — ${step.without}`);
  } finally {
    clearInterval(alive);
  }
}

function inStep(step, error) {
  return error instanceof SetupError
    ? new SetupError(`A set-up step failed: ${step.id}. ${error.message}`, error.mend)
    : error;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(
    `Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}.`,
    'Install a newer Node.',
  );
}
