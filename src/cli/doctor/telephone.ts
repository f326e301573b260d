import type { AriPort } from '../../ari/port.js';
import type { MediaCodec, MediaTransport } from '../../externalmedia/port.js';
import type { Clock } from '../../kernel/clock.js';
import { SipCaller, type CallerCall } from '../../sip-caller/index.js';
import type { PrivatePbx } from '../private-pbx.js';
import { Answering } from './answering.js';

export interface TelephoneOptions {
  readonly ari: AriPort;
  readonly cli: PrivatePbx['cli'];
  readonly sip: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** The application that `ari` is registered as. */
  readonly app: string;
  /** As `media.host`, `media.codec` and `media.transport`. */
  readonly host: string;
  readonly codec: MediaCodec;
  readonly transport: MediaTransport;
}

/** Milliseconds; `undefined` for what did not happen. */
export interface TelephoneReport {
  readonly answeredAfterMs: number | undefined;
  /** From the first sound of the telephone to the same sound at its ear. */
  readonly echoAfterMs: number | undefined;
  /** From the end of the key press (160 ms) to the event. */
  readonly keyAfterMs: number | undefined;
  readonly lost: number;
}

const EXTENSION = 'doctor';
const CONTEXT = 'from-handrail-callers';
const KEY = '5';
const WITHIN_MS = 3_000;
/** 300 ms at 400 Hz, as loud as speech. */
const TONE = Int16Array.from({ length: 2_400 }, (_, i) => (i % 20 < 10 ? 4_000 : -4_000));

/**
 * A call as callers make them: our own telephone calls an extension that is added to the private Asterisk's dialplan for
 * as long as the call lasts; we answer it, send its own audio back over external media, and it presses a key.
 *
 * @throws HandrailError of the PBX's command line or ARI
 */
export async function callByTelephone(options: TelephoneOptions): Promise<TelephoneReport> {
  const { ari, cli, sip, clock, app } = options;
  await cli(`dialplan add extension ${EXTENSION},1,Stasis(${app}) into ${CONTEXT}`);
  const answering = new Answering({ ...options, isOurs: ({ dialled }) => dialled === EXTENSION });
  const unsubscribe = ari.subscribe((event) => answering.take(event));
  let call: CallerCall | undefined;
  try {
    call = await SipCaller.place({ ...sip, extension: EXTENSION, clock, answerTimeoutMs: WITHIN_MS }).catch(
      () => undefined,
    );
    if (!call) return { answeredAfterMs: undefined, echoAfterMs: undefined, keyAfterMs: undefined, lost: 0 };
    await answering.ready;
    const { startedMs } = await call.play(TONE);
    const heard = await call.waitForSpeech({ afterMs: startedMs, timeoutMs: WITHIN_MS });
    await call.dtmf(KEY);
    const pressedMs = clock.nowMs();
    const keyAtMs = await answering.keyWithin(KEY, WITHIN_MS);
    return {
      answeredAfterMs: call.answeredMs - call.invitedMs,
      echoAfterMs: heard && heard.firstVoicedMs - startedMs,
      keyAfterMs: keyAtMs === undefined ? undefined : Math.max(0, keyAtMs - pressedMs),
      lost: call.stats.lost,
    };
  } finally {
    await call?.hangup();
    unsubscribe();
    await answering.close();
    await cli(`dialplan remove extension ${EXTENSION}@${CONTEXT} 1`);
  }
}
