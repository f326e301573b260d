import type { AsteriskContext } from './asterisk.js';
import { judgeLoop } from './audio-loop.js';
import { ok, problem, warning, type Check, type Finding } from './check.js';
import { measureLoop } from './measure-loop.js';
import { goTheWholeWay } from './whole-way.js';
import { judgeArrival, judgeFallback, judgeKey, judgeSound, type WholeWayReport } from './whole-way-judgement.js';
import { callByTelephone, type TelephoneReport } from './telephone.js';

const audio: Check<AsteriskContext> = {
  name: 'audio',
  look: async ({ ari, clock, config: { media } }) => judgeLoop(await measureLoop({ ari, clock, ...media })),
};

/** What only a call can tell; `--no-call` leaves these out. */
export const callChecks: readonly Check<AsteriskContext>[] = [audio, { name: 'test telephone', look: checkTelephone }];

/** `doctor --pbx`: one test call through the dialplan, and what it told. @param line `EXTEN@CONTEXT` */
export function wholeWayChecks(line: string): readonly Check<AsteriskContext>[] {
  let told: WholeWayReport | undefined;
  const of = (judge: (report: WholeWayReport) => Finding) => (): Finding =>
    told ? judge(told) : warning('not tried', 'See the line “test call”.');
  return [
    audio,
    {
      name: 'test call',
      look: async (context) => judgeArrival((told = await goTheWholeWay(context, line))),
    },
    { name: 'its sound', look: of(judgeSound) },
    { name: 'its key', look: of(judgeKey) },
    { name: 'keypad menu', look: of(judgeFallback) },
  ];
}

async function checkTelephone(context: AsteriskContext): Promise<Finding> {
  const { target, ari, clock, doctorApp, config } = context;
  const { cli, sip } = target;
  if (!cli || !sip) {
    return warning(
      'not tried: keys and SIP are tried on the private Asterisk only',
      'Call the line and press a key: the admin page shows it.',
    );
  }
  return judgeTelephone(await callByTelephone({ ...config.media, ari, cli, sip, clock, app: doctorApp }));
}

export function judgeTelephone({ answeredAfterMs, echoAfterMs, keyAfterMs, lost }: TelephoneReport): Finding {
  if (answeredAfterMs === undefined) {
    return problem('a SIP call did not come into the application', 'Look at the log of the private Asterisk.');
  }
  const found = [
    `answered after ${Math.round(answeredAfterMs)} ms`,
    echoAfterMs === undefined
      ? 'its voice did not come back'
      : `its voice came back after ${Math.round(echoAfterMs)} ms`,
    keyAfterMs === undefined ? 'its key did not arrive' : `its key arrived after ${Math.round(keyAfterMs)} ms`,
    `${lost} packets lost`,
  ].join(', ');
  return echoAfterMs === undefined || keyAfterMs === undefined
    ? problem(found, 'Look at the log of the private Asterisk.')
    : ok(found);
}
