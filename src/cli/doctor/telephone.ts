import { randomUUID } from 'node:crypto';
import { bridgeId, mediaChannelId } from '../../ari/ids.js';
import type { AriEvent, AriPort } from '../../ari/port.js';
import type { MediaCodec, MediaTransport } from '../../externalmedia/port.js';
import type { Clock } from '../../kernel/clock.js';
import { SipCaller, type CallerCall } from '../../sip-caller/index.js';
import type { PrivatePbx } from '../private-pbx.js';
import { frameBytes, openMediaEnd, type MediaEnd } from './media-end.js';

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
  const answering = new Answering(options);
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
    const keyAtMs = await answering.keyWithin(WITHIN_MS);
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

/** The side of the call that Handrail is on. */
class Answering {
  readonly #id = `doctor-${randomUUID()}`;
  readonly #closing: (() => unknown)[] = [];
  #ready: Promise<void> | undefined;
  #keyAtMs: number | undefined;
  #caller: string | undefined;

  constructor(private readonly options: TelephoneOptions) {}

  /** Kept when audio goes both ways. */
  get ready(): Promise<void> {
    return this.#ready ?? Promise.resolve();
  }

  take(event: AriEvent): void {
    if (event.type === 'stasis-start' && event.channel.dialled === EXTENSION && !this.#caller) {
      this.#caller = event.channel.id;
      this.#ready = this.#answer(event.channel.id);
      // Told by the silence that follows.
      this.#ready.catch(() => undefined);
    }
    if (event.type === 'dtmf' && event.channelId === this.#caller && event.digit === KEY) this.#keyAtMs = event.atMs;
  }

  async keyWithin(limitMs: number): Promise<number | undefined> {
    const { clock } = this.options;
    const untilMs = clock.nowMs() + limitMs;
    while (this.#keyAtMs === undefined && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => clock.after(20, resolve));
    }
    return this.#keyAtMs;
  }

  async close(): Promise<void> {
    for (let undo = this.#closing.pop(); undo; undo = this.#closing.pop()) await undo();
  }

  async #answer(caller: string): Promise<void> {
    const { ari, codec } = this.options;
    const bridge = bridgeId(this.#id);
    const channelId = mediaChannelId(this.#id);
    this.#closing.push(() => ari.hangup(caller));
    await ari.createBridge(bridge, 'telephone check');
    this.#closing.push(() => ari.destroyBridge(bridge));
    const end = await openMediaEnd({ ...this.options, channelId });
    this.#closing.push(() => end.close());
    this.#closing.push(() => ari.hangup(channelId));
    echo(end, frameBytes(codec));
    await ari.answer(caller);
    await ari.addToBridge(bridge, channelId);
    await ari.addToBridge(bridge, caller);
  }
}

function echo(end: MediaEnd, bytes: number): void {
  end.listen((payload) => {
    if (payload.length >= bytes) end.send(payload.subarray(0, bytes));
  });
}
