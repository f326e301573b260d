import { connectAri } from '../../ari/ari-client-adapter.js';
import { isOwnChannelId } from '../../ari/ids.js';
import type { AriPort, ChannelInfo } from '../../ari/port.js';
import { sleep } from '../../kernel/clock.js';
import { silentLogger } from '../../kernel/log.js';
import { Answering } from './answering.js';
import { applicationState, type AsteriskContext } from './asterisk.js';
import { InsideCaller } from './inside-caller.js';
import { untilLeft } from './until-left.js';
import type { Arrival, Fallback, WholeWayReport } from './whole-way-judgement.js';

const ANSWERED_WITHIN_MS = 5_000;
const VOICE_WITHIN_MS = 10_000;
const KEY_WITHIN_MS = 3_000;
const POLL_MS = 20;
/** A key of every menu: help, or said again; nobody is transferred by it. */
const KEY = '*';

/**
 * Calls `line` from inside Asterisk, through the dialplan, as the first real caller will. Where Handrail serves the
 * application, it takes the call. Where nobody does, doctor takes Handrail’s place for as long as the call lasts, sends the
 * caller’s own audio back, and calls once more when it is gone: now the keypad menu must answer.
 *
 * @throws HandrailError of ARI
 */
export async function goTheWholeWay(context: AsteriskContext, line: string): Promise<WholeWayReport> {
  const { rest, clock, config } = context;
  const state = await applicationState(rest, config.ari.app, clock);
  if (state === 'handrail') return { line, arrival: await callHandrail(context, line), fallback: 'not-tried' };
  if (state !== 'free') return { line, arrival: { type: 'not-served' }, fallback: 'not-tried' };
  const arrival = await callDoctor(context, line);
  return { line, arrival, fallback: await callNobody(context, line) };
}

async function callHandrail(context: AsteriskContext, line: string): Promise<Arrival> {
  const { ari, rest, clock, config, doctorApp } = context;
  const call = await place(context, line);
  const undo: (() => void)[] = [];
  try {
    const { answeredAfterMs, answeredAtMs } = call;
    if (answeredAfterMs === undefined || answeredAtMs === undefined) return { type: 'unanswered' };
    const half = await halfIn(ari, line, config.ari.app);
    if (half === undefined) return { type: 'elsewhere', answeredAfterMs };
    const formats = await ari.getVariable(half, 'CHANNEL(audionativeformat)');
    const voiceAtMs = await call.hearsVoice(answeredAtMs, VOICE_WITHIN_MS);
    let keyAtMs: number | undefined;
    undo.push(
      ari.onChannel(half, (event) => {
        if (event.type === 'dtmf' && event.digit === KEY) keyAtMs ??= event.atMs;
      }),
    );
    // The application of the channel is Handrail’s; we may listen too.
    await rest.ask('applications.subscribe', half, { applicationName: doctorApp, eventSource: `channel:${half}` });
    const pressedMs = await call.press(KEY);
    for (const untilMs = pressedMs + KEY_WITHIN_MS; keyAtMs === undefined && clock.nowMs() < untilMs;)
      await sleep(clock, POLL_MS);
    return {
      type: 'handrail',
      answeredAfterMs,
      formats,
      voiceAfterMs: voiceAtMs === undefined ? undefined : voiceAtMs - answeredAtMs,
      keyAfterMs: keyAtMs === undefined ? undefined : Math.max(0, keyAtMs - pressedMs),
    };
  } finally {
    for (const step of undo) step();
    await call.hangUp();
  }
}

async function callDoctor(context: AsteriskContext, line: string): Promise<Arrival> {
  const { clock, config, target } = context;
  const { codec } = config.media;
  const { app } = config.ari;
  const stand = await connectAri({ address: target.address, app, clock, log: silentLogger });
  const isOurs = ({ name }: ChannelInfo): boolean => name.startsWith(`Local/${line}-`);
  const answering = new Answering({ ...config.media, ari: stand, clock, isOurs });
  const unsubscribe = stand.subscribe((event) => {
    answering.take(event);
    // A caller who comes just now has no use for an echo: the dialplan goes on with them.
    if (event.type === 'stasis-start' && !isOurs(event.channel) && !isOwnChannelId(event.channel.id))
      stand.continueInDialplan(event.channel.id).catch(() => undefined);
  });
  try {
    const call = await place(context, line);
    try {
      const { answeredAfterMs } = call;
      if (answeredAfterMs === undefined) return { type: 'unanswered' };
      if (answering.caller === undefined) return { type: 'elsewhere', answeredAfterMs };
      await answering.ready;
      const formats = await stand.getVariable(answering.caller, 'CHANNEL(audionativeformat)');
      const echo = await call.measureEcho();
      const pressedMs = await call.press(KEY);
      const keyAtMs = await answering.keyWithin(KEY, KEY_WITHIN_MS);
      const keyAfterMs = keyAtMs === undefined ? undefined : Math.max(0, keyAtMs - pressedMs);
      return { type: 'doctor', answeredAfterMs, formats, echo, codec, keyAfterMs };
    } finally {
      await call.hangUp();
    }
  } finally {
    unsubscribe();
    await answering.close();
    await untilLeft(stand, app, clock);
    await stand.close();
  }
}

async function callNobody(context: AsteriskContext, line: string): Promise<Fallback> {
  const call = await place(context, line);
  try {
    const { answeredAfterMs, answeredAtMs } = call;
    if (answeredAfterMs === undefined || answeredAtMs === undefined) return { answeredAfterMs: undefined };
    const voiceAtMs = await call.hearsVoice(answeredAtMs, VOICE_WITHIN_MS);
    return { answeredAfterMs, voiceAfterMs: voiceAtMs === undefined ? undefined : voiceAtMs - answeredAtMs };
  } finally {
    await call.hangUp();
  }
}

function place({ ari, clock, config }: AsteriskContext, line: string): Promise<InsideCaller> {
  return InsideCaller.place({ ...config.media, ari, clock, line, answerWithinMs: ANSWERED_WITHIN_MS });
}

/** The half of the call that went through the dialplan, when it is in the application. */
async function halfIn(ari: AriPort, line: string, app: string): Promise<string | undefined> {
  const channels = await ari.listChannels();
  return channels.find(({ name, stasisApp }) => name.startsWith(`Local/${line}-`) && stasisApp === app)?.id;
}
