import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { CallerCall, type CallEnd } from './caller-call.js';
import { openDatagrams, type Address, type Datagrams } from './datagrams.js';
import type { SipCredentials } from './digest.js';
import { RtpReceiver } from './rtp-receiver.js';
import { RtpSender } from './rtp-sender.js';
import { buildSdp, parseSdp, type CallerCodec } from './sdp.js';
import { SipDialog, type SipDialogEvent } from './sip-dialog.js';

export interface PlaceOptions {
  /** The PBX, by IPv4 address. */
  readonly host: string;
  readonly port: number;
  readonly extension: string;
  /** Source address of SIP and RTP; the private PBX takes 127.0.0.2 and 127.0.0.3 as test callers. @defaultValue '127.0.0.2' */
  readonly localAddress?: string;
  /** The only codec offered. @defaultValue both, mu-law first */
  readonly codec?: CallerCodec;
  readonly auth?: SipCredentials;
  /** Our number (user part of From). @defaultValue 'caller' */
  readonly callerId?: string;
  /** @defaultValue 15000 */
  readonly answerTimeoutMs?: number;
  /** Aborting cancels the call while it rings, and hangs up once it was answered. */
  readonly signal?: AbortSignal;
  readonly onRinging?: (status: number) => void;
  /** Asked for each packet of audio, either way: true loses it, as a bad line does. @defaultValue none is lost */
  readonly loses?: () => boolean;
  /** @defaultValue systemClock */
  readonly clock?: Clock;
}

export const placeDefaults = {
  localAddress: '127.0.0.2',
  callerId: 'caller',
  answerTimeoutMs: 15_000,
} as const satisfies Partial<PlaceOptions>;

/** The cause of HR_CALL_FAILED when the PBX said no (or, 408, said nothing). */
export class SipRefusal extends Error {
  override readonly name = 'SipRefusal';

  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(`SIP ${status} ${reason}`);
  }
}

/** Places telephone calls from this process: SIP and RTP on sockets of its own for each call. */
export class SipCaller {
  /**
   * Resolves when the call was answered; from then on the caller sends audio without a break.
   *
   * @throws HandrailError HR_CALL_FAILED, with a `SipRefusal` as cause when it was refused or nobody answered in time
   */
  static async place(options: PlaceOptions): Promise<CallerCall> {
    const localAddress = options.localAddress ?? placeDefaults.localAddress;
    const signalling = await openDatagrams(localAddress);
    let media: Datagrams;
    try {
      media = await openDatagrams(localAddress);
    } catch (error) {
      signalling.close();
      throw error;
    }
    return new Placing(options, signalling, media).run();
  }
}

/** One attempt: lives until the call has ended. */
class Placing {
  readonly #options: PlaceOptions;
  readonly #clock: Clock;
  readonly #signalling: Datagrams;
  readonly #media: Datagrams;
  readonly #dialog: SipDialog;
  readonly #invitedMs: number;
  readonly #ended: Promise<CallEnd>;
  #onEnded: (end: CallEnd) => void = () => undefined;
  #onAnswered: (sdp: string) => void = () => undefined;
  /** Where the other side's media is; what comes from elsewhere is none of this call's. */
  #remote: Address | undefined;

  constructor(options: PlaceOptions, signalling: Datagrams, media: Datagrams) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#signalling = signalling;
    this.#media = media;
    this.#invitedMs = this.#clock.nowMs();
    this.#ended = new Promise((resolve) => (this.#onEnded = resolve));
    this.#dialog = new SipDialog({
      clock: this.#clock,
      local: signalling.local,
      target: `sip:${options.extension}@${options.host}:${options.port}`,
      callerNumber: options.callerId ?? placeDefaults.callerId,
      credentials: options.auth,
      sdp: buildSdp(media.local.host, media.local.port, options.codec ? [options.codec] : ['ulaw', 'alaw']),
      token: () => randomBytes(8).toString('hex'),
      send: (text) => signalling.send(Buffer.from(text), { host: options.host, port: options.port }),
      onEvent: (event) => this.#onEvent(event),
    });
    signalling.listen((bytes) => this.#dialog.receive(bytes.toString('utf8')));
  }

  async run(): Promise<CallerCall> {
    const { signal, answerTimeoutMs = placeDefaults.answerTimeoutMs } = this.#options;
    const hangup = (): void => this.#dialog.hangup();
    const answered = new Promise<string>((resolve) => (this.#onAnswered = resolve));
    let cancelTimeout = (): void => undefined;
    const late = new Promise<'late'>((resolve) => {
      cancelTimeout = this.#clock.after(answerTimeoutMs, () => resolve('late'));
    });
    signal?.addEventListener('abort', hangup, { once: true });
    void this.#ended.then(() => {
      signal?.removeEventListener('abort', hangup);
      this.#clock.after(LINGER_MS, () => this.#signalling.close());
      this.#media.close();
    });
    this.#dialog.start();
    if (signal?.aborted) hangup();

    const outcome = await Promise.race([answered, this.#ended, late]);
    cancelTimeout();
    if (outcome === 'late') throw this.#giveUp();
    if (typeof outcome !== 'string') throw this.#refused(outcome.status, outcome.reason);
    return this.#connect(outcome);
  }

  #connect(sdp: string): CallerCall {
    const answer = parseSdp(sdp);
    if (!answer) {
      this.#dialog.hangup();
      throw new HandrailError('HR_CALL_FAILED', `${this.#where} answered without G.711 audio.`);
    }
    this.#remote = answer;
    const receiver = new RtpReceiver(this.#clock);
    const { loses = () => false } = this.#options;
    this.#media.listen((bytes, from) => {
      if (!loses() && from.host === this.#remote?.host && from.port === this.#remote.port) receiver.take(bytes);
    });
    const sender = new RtpSender({
      clock: this.#clock,
      codec: answer.codec,
      eventType: answer.eventType,
      random: () => randomBytes(4).readUInt32BE() / 0x1_0000_0000,
      send: (packet) => {
        if (this.#remote && !loses()) this.#media.send(packet, this.#remote);
      },
    });
    return new CallerCall({
      clock: this.#clock,
      dialog: this.#dialog,
      sender,
      receiver,
      invitedMs: this.#invitedMs,
      answeredMs: this.#clock.nowMs(),
      ended: this.#ended,
    });
  }

  #onEvent(event: SipDialogEvent): void {
    switch (event.type) {
      case 'ringing':
        return this.#options.onRinging?.(event.status);
      case 'answered':
        return this.#onAnswered(event.sdp);
      case 'moved':
        this.#remote = parseSdp(event.sdp) ?? this.#remote;
        return;
      case 'ended':
        return this.#onEnded({ by: event.by, status: event.status, reason: event.reason, atMs: this.#clock.nowMs() });
    }
  }

  /** Nobody answered: a PBX that talks to us gets a CANCEL; one that said nothing at all is left alone. */
  #giveUp(): HandrailError {
    if (this.#dialog.state === 'calling') {
      this.#dialog.abandon();
      this.#onEnded({ by: 'us', status: 408, reason: 'Request Timeout', atMs: this.#clock.nowMs() });
    } else {
      this.#dialog.hangup();
    }
    return this.#refused(408, 'Request Timeout');
  }

  #refused(status: number, reason: string): HandrailError {
    const cause = new SipRefusal(status, reason);
    return new HandrailError('HR_CALL_FAILED', `${this.#where}: ${status} ${reason}.`, { cause });
  }

  get #where(): string {
    const { extension, host, port } = this.#options;
    return `Extension ${extension} at ${host}:${port}`;
  }
}

/** After the end, repeated BYEs and 200s are still answered for a moment: a lost answer must not make Asterisk wait. */
const LINGER_MS = 1_000;
