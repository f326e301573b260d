import type { AriRest } from '../../ari/rest.js';
import { leaseTimes, leaseVariable } from '../../ari/lease.js';
import { asArray, asObject, asText } from '../../ari/messages.js';
import { AriRefusal } from '../../ari/rest.js';
import type { AriPort } from '../../ari/port.js';
import type { Config } from '../../config/index.js';
import { sleep, type Clock } from '../../kernel/clock.js';
import { HandrailError } from '../../kernel/errors.js';
import {
  findHooks,
  judgeApplication,
  judgeHooks,
  judgeModules,
  judgeTransit,
  judgeVersion,
  type ApplicationState,
} from './asterisk-judgement.js';
import { ok, problem, warning, type Check, type Finding } from './check.js';
import type { Target } from './target.js';
import { transitOf } from './transit.js';

/** An Asterisk that let us in. */
export interface AsteriskContext {
  readonly config: Config;
  readonly target: Target;
  readonly rest: AriRest;
  /** Connected under an application name of doctor's own, so that a running controller is not disturbed. */
  readonly ari: AriPort;
  readonly clock: Clock;
  /** What this connection is registered as. */
  readonly doctorApp: string;
  /** `EXTEN@CONTEXT` that callers reach, where it was named. */
  readonly line: string | undefined;
}

/** What can be asked without placing a call. The next check is one more entry. */
export const asteriskChecks: readonly Check<AsteriskContext>[] = [
  {
    name: 'ARI by TLS',
    look: async ({ target, clock }) =>
      judgeTransit(await transitOf(target.address, ANSWER_WITHIN_MS, clock), clock.wallMs()),
  },
  { name: 'ARI rights', look: ({ rest, config }) => checkRights(rest, config.ari.user) },
  {
    name: 'Asterisk version',
    look: async ({ ari, config }) => judgeVersion((await ari.info()).version, config.media.transport),
  },
  {
    name: 'Asterisk modules',
    look: async ({ ari, config }) => judgeModules((await ari.info()).modules, config.media),
  },
  {
    name: 'application',
    look: async ({ rest, config, clock }) =>
      judgeApplication(config.ari.app, await applicationState(rest, config.ari.app, clock)),
  },
  { name: 'dialplan', look: checkDialplan },
];

const ANSWER_WITHIN_MS = 3_000;
const PROBE_VARIABLE = 'HANDRAIL_DOCTOR';

/** Asterisk lets a user with `read_only = yes` ask anything and do nothing: a harmless write tells. */
async function checkRights(rest: AriRest, user: string): Promise<Finding> {
  try {
    await rest.ask('asterisk.setGlobalVar', PROBE_VARIABLE, { variable: PROBE_VARIABLE, value: '1' });
    await removeGlobal(rest, PROBE_VARIABLE);
    return ok(`“${user}” may write`);
  } catch (error) {
    const refusal = error instanceof HandrailError ? error.cause : undefined;
    if (refusal instanceof AriRefusal && refusal.status === 403) {
      return problem(`“${user}” may only read`, 'Set `read_only = no` for this user in ari.conf, then `ari reload`.');
    }
    throw error;
  }
}

/** Without a value Asterisk forgets the variable. */
export async function removeGlobal(rest: AriRest, variable: string): Promise<void> {
  await rest.ask('asterisk.setGlobalVar', variable, { variable });
}

/** A living controller renews its lease; one that died leaves the application listed for as long as its calls last. */
export async function applicationState(rest: AriRest, app: string, clock: Clock): Promise<ApplicationState> {
  const applications = asArray(await rest.ask('applications.list', ''));
  if (!applications.some((application) => asObject(application)?.['name'] === app)) return 'free';
  const variable = leaseVariable(app);
  const read = async (): Promise<string> =>
    asText(asObject(await rest.ask('asterisk.getGlobalVar', variable, { variable }))?.['value']);
  const before = await read();
  if (before === '') return 'other-program';
  const untilMs = clock.nowMs() + leaseTimes.watchMs;
  while (clock.nowMs() < untilMs) {
    await sleep(clock, leaseTimes.pollMs);
    if ((await read()) !== before) return 'handrail';
  }
  return 'left-behind';
}

async function checkDialplan(context: AsteriskContext): Promise<Finding> {
  const { target, config, line } = context;
  if (target.cli) return judgeHooks(findHooks(await target.cli('dialplan show'), config.ari.app), config.ari.app);
  if (line !== undefined) return checkLine(context, line);
  return warning(
    'not looked at: ARI shows no dialplan',
    'Name the extension that callers reach, `--line EXTEN@CONTEXT`, while Handrail runs: doctor calls it.',
  );
}

const REACHED_WITHIN_MS = 3_000;
const POLL_MS = 50;

/** Calls the line from inside Asterisk and watches whether the other half of the call comes into the application. */
async function checkLine({ ari, config, clock, rest }: AsteriskContext, line: string): Promise<Finding> {
  const { app } = config.ari;
  if ((await applicationState(rest, app, clock)) === 'free') {
    return warning(
      `${line} not judged: nobody serves “${app}”, so Stasis(${app}) would not keep a call`,
      'Start Handrail, then run doctor again.',
    );
  }
  const channelId = `lg-0-doctor-${String(Math.round(clock.wallMs()))}`;
  await ari.originate({
    channelId,
    endpoint: `Local/${line}`,
    callerId: 'doctor',
    timeoutMs: REACHED_WITHIN_MS,
    format: 'ulaw',
  });
  try {
    const untilMs = clock.nowMs() + REACHED_WITHIN_MS;
    while (clock.nowMs() < untilMs) {
      const channels = await ari.listChannels();
      const reached = channels.some(({ name, stasisApp }) => name.startsWith(`Local/${line}-`) && stasisApp === app);
      if (reached) return ok(`a call to ${line} comes into “${app}” (by a test call)`);
      await sleep(clock, POLL_MS);
    }
    return problem(
      `a call to ${line} does not come into “${app}” (by a test call)`,
      `Add \`same => n,Stasis(${app})\` to that extension; docs/guides/doctor.md shows one.`,
    );
  } finally {
    await ari.hangup(channelId);
  }
}
