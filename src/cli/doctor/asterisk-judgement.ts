import type { MediaCodec, MediaTransport } from '../../externalmedia/port.js';
import { moduleLines } from '../../pbx-kit/index.js';
import { ok, problem, warning, type Finding } from './check.js';

/** Versions that Handrail was written for; external media came with 16.6 and 17. */
const KNOWN_VERSIONS = { first: 18, last: 23 } as const;

/** From here on a media websocket takes the form of messages that we speak (`transport_data`). */
const WEBSOCKET_SINCE = { major: 22, minor: 8 } as const;

/**
 * @param version as ARI tells it: `22.10.1~dfsg…`, `GIT-20-4c2fd18`, `certified/20.7-cert2`
 * @param transport of the leg to Handrail
 */
export function judgeVersion(version: string, transport: MediaTransport): Finding {
  const numbers = /(?:^|GIT-|certified\/)(\d+)(?:\.(\d+))?/.exec(version);
  const major = Number(numbers?.[1]);
  const minor = Number(numbers?.[2] ?? 0);
  const { first, last } = KNOWN_VERSIONS;
  if (Number.isNaN(major)) return warning(`“${version}” is not understood`, `Known are ${first} to ${last}.`);
  if (major < first) return problem(version, `Use Asterisk ${first} or newer.`);
  if (major > last) {
    return warning(
      version,
      `It is newer than ${last}, the newest that Handrail was tried with: watch the first calls.`,
    );
  }
  if (transport === 'websocket' && isBefore({ major, minor }, WEBSOCKET_SINCE)) {
    return problem(
      `${version} has no media websocket that Handrail can use`,
      `Set media.transport to rtp, or use Asterisk ${WEBSOCKET_SINCE.major}.${WEBSOCKET_SINCE.minor} or newer.`,
    );
  }
  return ok(version);
}

interface MajorMinor {
  readonly major: number;
  readonly minor: number;
}

function isBefore(one: MajorMinor, other: MajorMinor): boolean {
  return one.major < other.major || (one.major === other.major && one.minor < other.minor);
}

/** How ARI is spoken. */
export type Transit =
  | { readonly type: 'plain'; readonly host: string }
  /** The names on Asterisk’s certificate, which is trusted, and when it ends: ms since 1970. */
  | { readonly type: 'tls'; readonly owner: string; readonly issuer: string; readonly untilWallMs: number };

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Time enough to get a new certificate, and to restart nothing for it. */
const RENEW_BEFORE_DAYS = 30;

/** Handrail refuses an Asterisk whose certificate has ended: calls go to the keypad menu then. */
export function judgeTransit(transit: Transit, nowWallMs: number): Finding {
  if (transit.type === 'plain') {
    return /^(localhost|127\.|::1$)/.test(transit.host)
      ? ok('not needed: Asterisk is on this machine')
      : warning(
          `none: the ARI password goes to ${transit.host} readable`,
          'Use https in ari.url, and name the issuer’s certificate in ari.caFile; or keep the network to yourself.',
        );
  }
  const { issuer, owner, untilWallMs } = transit;
  const days = Math.floor((untilWallMs - nowWallMs) / DAY_MS);
  const until = new Date(untilWallMs).toISOString().slice(0, 10);
  const found = `certificate of “${owner}” by “${issuer}”, until ${until}`;
  if (days >= RENEW_BEFORE_DAYS) return ok(found);
  return warning(
    `${found}: ${days === 1 ? '1 day' : `${String(days)} days`} more`,
    'Renew it, then `module reload http` on Asterisk’s console: with an ended one Asterisk is not trusted any more.',
  );
}

const neededModules: readonly { readonly modules: readonly string[]; readonly use: string }[] = [
  { modules: ['res_http_websocket', 'res_ari', 'res_ari_events'], use: 'events' },
  { modules: ['res_ari_asterisk', 'res_ari_applications'], use: 'state of the PBX' },
  { modules: ['res_ari_channels', 'res_ari_bridges'], use: 'calls' },
  { modules: ['res_stasis', 'res_stasis_answer', 'app_stasis'], use: 'handing calls over' },
  { modules: ['bridge_simple'], use: 'joining caller and media' },
];
const channelDrivers = ['chan_pjsip', 'chan_sip', 'chan_iax2', 'chan_dahdi'];
const dialplans = ['pbx_config', 'pbx_ael', 'pbx_lua', 'pbx_realtime'];

/**
 * @param running names as ARI lists them, with `.so`
 * @param media of the leg to Handrail
 */
export function judgeModules(
  running: readonly string[],
  { transport, codec }: { readonly transport: MediaTransport; readonly codec: MediaCodec },
): Finding {
  const has = (name: string): boolean => running.includes(`${name}.so`);
  const needed = [
    ...neededModules,
    { modules: transport === 'rtp' ? ['chan_rtp', 'res_rtp_asterisk'] : ['chan_websocket'], use: 'external media' },
    // Uncompressed audio needs none of its own, but phones send G.711.
    {
      modules: codec === 'slin' ? ['codec_ulaw', 'codec_alaw'] : [`codec_${codec}`],
      use: 'callers with other codecs',
    },
  ];
  const missing = needed.flatMap(({ modules, use }) =>
    modules.filter((name) => !has(name)).map((name) => ({ name, use })),
  );
  if (missing.length > 0) {
    const absent = missing.map(({ name }) => name);
    return problem(
      `not running: ${missing.map(({ name, use }) => `${name} (${use})`).join(', ')}`,
      `In modules.conf: ${moduleLines('load', absent)}, and no \`noload\` of them. Now: \`module load …\` on Asterisk’s console.`,
    );
  }
  const lacking = [
    ...(channelDrivers.some(has) ? [] : [`no channel driver (${channelDrivers.join(', ')})`]),
    ...(dialplans.some(has) ? [] : [`no dialplan (${dialplans.join(', ')})`]),
  ];
  if (lacking.length > 0) return warning(lacking.join(', '), 'Without these no caller can reach the line.');
  const drivers = channelDrivers.filter(has).join(', ');
  return ok(`all that are needed of ${running.length} that run; callers come by ${drivers}`);
}

/** Who serves our application, as far as Asterisk knows. */
export type ApplicationState = 'free' | 'handrail' | 'other-program' | 'left-behind';

export function judgeApplication(app: string, state: ApplicationState): Finding {
  switch (state) {
    case 'free':
      return ok(`“${app}” is free`);
    case 'handrail':
      return ok(`“${app}” is served by a running Handrail`);
    case 'other-program':
      return problem(`“${app}” is served by a program that is no Handrail`, 'Stop it, or set another ari.app.');
    case 'left-behind':
      return warning(`the controller of “${app}” is gone`, 'Start Handrail: it takes over and clears what was left.');
  }
}

/** A line of the dialplan that gives calls to us. */
export interface DialplanHook {
  /** For instance `100@from-handrail-callers`. */
  readonly place: string;
  /** Whether something follows, for the time when no controller serves the application. */
  readonly goesOn: boolean;
}

/** Finds `Stasis(<app>…)` in what `dialplan show` prints. The context that Asterisk itself makes for each application is none. */
export function findHooks(listing: string, app: string): DialplanHook[] {
  const hooks: DialplanHook[] = [];
  let context = '';
  let extension = '';
  /** The hook whose next priority has not been looked at. */
  let open: { place: string } | undefined;
  const close = (goesOn: boolean): void => {
    if (open) hooks.push({ place: open.place, goesOn });
    open = undefined;
  };
  for (const line of listing.split('\n')) {
    const named = /^\[ Context '([^']+)'/.exec(line)?.[1];
    if (named !== undefined) {
      close(false);
      context = named;
      continue;
    }
    // `'100' =>   1. Answer()   [file:line]`, then `2. …`, or `[label]   3. …`
    const step = /^\s+(?:'([^']*)'[^=]*=>\s+|\[\w+\]\s+)?\d+\. (\w+)\((.*)\)/.exec(line);
    if (!step) continue;
    const [, start, application, data = ''] = step;
    close(start === undefined);
    if (start !== undefined) extension = start;
    if (context === `stasis-${app}`) continue;
    if (application === 'Stasis' && data.split(',')[0] === app) open = { place: `${extension}@${context}` };
  }
  close(false);
  return hooks;
}

export function judgeHooks(hooks: readonly DialplanHook[], app: string): Finding {
  if (hooks.length === 0) {
    return problem(
      `no Stasis(${app}) in the dialplan (by \`dialplan show\`)`,
      `Add a line like \`same => n,Stasis(${app})\` to the extension that callers reach; docs/guides/doctor.md shows one.`,
    );
  }
  const bare = hooks.filter(({ goesOn }) => !goesOn).map(({ place }) => place);
  if (bare.length > 0) {
    return warning(
      `nothing follows Stasis(${app}) at ${bare.join(', ')} (by \`dialplan show\`)`,
      'Add a keypad menu or a queue after it: callers hear it when Handrail is away.',
    );
  }
  return ok(`Stasis(${app}) at ${hooks.map(({ place }) => place).join(', ')}, and the dialplan goes on after it`);
}
