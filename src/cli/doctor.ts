import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { connectAri } from '../ari/ari-client-adapter.js';
import { loadAriClient } from '../ari/ari-client-transport.js';
import { leaseVariable } from '../ari/lease.js';
import { preflight } from '../ari/preflight.js';
import { AriRest } from '../ari/rest.js';
import { loadConfig, type Config } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { contexts } from '../pbx-kit/index.js';
import { asteriskChecks, removeGlobal, type AsteriskContext } from './doctor/asterisk.js';
import { callChecks, wholeWayChecks } from './doctor/calls.js';
import { describeFinding, findingOf, ok, runChecks, type Check, type Finding } from './doctor/check.js';
import { machineChecks } from './doctor/machine.js';
import { lookAtPbxFiles } from './doctor/pbx-files.js';
import { openTarget, type Target } from './doctor/target.js';
import { untilLeft } from './doctor/until-left.js';
import { privatePbxInstalled } from './private-pbx.js';

export const doctorUsage = `npx handrail doctor [--config FILE] [--no-call]   check this machine and Asterisk, and tell what to do
                    [--line EXTEN@CONTEXT]         an extension of your own Asterisk that shall reach Handrail
                    [--pbx [--etc DIR]]            the whole way by a test call, through what \`install --pbx\` wrote`;

interface DoctorOptions {
  readonly config: string | undefined;
  readonly call: boolean;
  readonly pbx: boolean;
  /** Where `install --pbx` wrote. */
  readonly etcDir: string;
  readonly line: string | undefined;
}

const REQUEST_LIMIT_MS = 3_000;

const print = (line: string): void => console.log(line);

/**
 * `handrail doctor`: looks at everything that calls need, one line each. What it makes in Asterisk is removed again.
 *
 * @returns the exit code: 1 when something that calls need fails
 */
export async function run(args: string[]): Promise<number> {
  const options = parse(args);
  const config = readConfig(options.config);
  if (!config) return 1;
  const { signal, release } = interruption();
  const ofMachine = await runChecks(machineChecks, config, print, signal);
  const ofFiles = options.pbx ? checkFiles(options.etcDir) : 0;
  const problems = ofMachine + ofFiles + (signal.aborted ? 0 : await checkAsterisk(config, options, signal));
  release();
  if (signal.aborted) return INTERRUPTED;
  print(problems === 0 ? '\nCalls can come.' : `\n${problems} ${problems === 1 ? 'problem' : 'problems'}, marked ✗.`);
  return problems === 0 ? 0 : 1;
}

/** As shells report a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Ctrl-C lets the check that runs end, so that nothing stays behind in Asterisk; a second one ends at once. */
function interruption(): { readonly signal: AbortSignal; release(): void } {
  const abort = new AbortController();
  const stop = (): void => {
    print('Stopping after this check …');
    abort.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return { signal: abort.signal, release: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}

/** Without a configuration nothing can be judged: its mistakes come first. */
function readConfig(file: string | undefined): Config | undefined {
  try {
    const config = loadConfig({ file, env: process.env });
    tell('configuration', ok(config.ari.url === undefined ? 'sound; a private Asterisk is used' : 'sound'));
    return config;
  } catch (error) {
    tell('configuration', findingOf(error));
    return undefined;
  }
}

/** @returns how many problems were found */
function checkFiles(etcDir: string): number {
  const finding = lookAtPbxFiles(etcDir);
  if (finding) tell('files of the PBX', finding);
  return finding?.state === 'problem' ? 1 : 0;
}

/** @returns how many problems were found */
async function checkAsterisk(config: Config, options: DoctorOptions, signal: AbortSignal): Promise<number> {
  // Said already by the checks of the machine.
  if (config.ari.url === undefined && !privatePbxInstalled()) return 0;
  let target: Target | undefined;
  try {
    target = await openTarget(config);
    return await checkTarget(config, target, options, signal);
  } catch (error) {
    tell('Asterisk', findingOf(error));
    return 1;
  } finally {
    await target?.close();
  }
}

async function checkTarget(
  config: Config,
  target: Target,
  options: DoctorOptions,
  signal: AbortSignal,
): Promise<number> {
  const clock = systemClock;
  const { address, what } = target;
  const askedMs = clock.nowMs();
  await preflight(address, clock, REQUEST_LIMIT_MS);
  tell(
    'Asterisk',
    ok(`${what}: ARI at ${address.baseUrl} answers “${address.user}” in ${ms(clock.nowMs() - askedMs)}`),
  );

  const transport = await loadAriClient(address, REQUEST_LIMIT_MS);
  const rest = new AriRest(transport, clock, REQUEST_LIMIT_MS);
  const app = `${config.ari.app}-doctor`;
  try {
    const ari = await connectAri({ address, app, clock, log: silentLogger, takeOver: true });
    const { line } = options;
    const context = { config, target, rest, ari, clock, doctorApp: app, line };
    try {
      // With --pbx a call tells what the dialplan does.
      const asks = asteriskChecks.filter(({ name }) => !options.pbx || name !== 'dialplan');
      const asked = await runChecks(asks, context, print, signal);
      return asked + (await runChecks(callsWanted(options, target), context, print, signal));
    } finally {
      await untilLeft(ari, app, clock);
      await ari.close();
      // A user who may only read has left nothing and may not remove it.
      await removeGlobal(rest, leaseVariable(app)).catch(() => undefined);
    }
  } finally {
    transport.close();
  }
}

/** What `install --pbx` writes, or the line of the private Asterisk. */
function usualLine({ cli }: Target): string {
  return cli ? '100@from-handrail-callers' : `s@${contexts.line}`;
}

function callsWanted({ call, pbx, line }: DoctorOptions, target: Target): readonly Check<AsteriskContext>[] {
  if (!call) return [];
  return pbx ? wholeWayChecks(line ?? usualLine(target)) : callChecks;
}

function parse(args: string[]): DoctorOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { config: text, line: text, pbx: flag, etc: text, 'no-call': flag },
    });
    const { config, line, pbx = false, etc = '/etc/asterisk' } = values;
    return { config, call: !values['no-call'], pbx, etcDir: resolve(etc), line: placeOf(line) };
  } catch (cause) {
    if (cause instanceof HandrailError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HandrailError('HR_USAGE', `${why}\n${doctorUsage}`, { cause });
  }
}

function placeOf(value: string | undefined): string | undefined {
  if (value === undefined || /^[^@/,\s]+@[\w-]+$/.test(value)) return value;
  throw new HandrailError('HR_USAGE', `--line wants EXTEN@CONTEXT, not “${value}”.\n${doctorUsage}`);
}

function tell(name: string, finding: Finding): void {
  print(describeFinding(name, finding));
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
