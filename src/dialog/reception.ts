import { bridgeId, isOwnChannelId, mediaChannelId } from '../ari/ids.js';
import type { AriEvent, ChannelInfo } from '../ari/port.js';
import { CallLine } from './call-line.js';
import { CallTaps, type TapKind } from './call-taps.js';
import { ListenIn } from './listen-in.js';
import { canResume, type JournalEntry } from './journal.js';
import { CallSession } from './call-session.js';
import { ServiceCall, type ServiceParts } from './service-call.js';
import type { SessionParts } from './session-parts.js';
import type { Steer } from './state.js';
import type { MediaLeg, MediaPlane } from '../externalmedia/port.js';
import type { Admitted, Service } from '../fallback-ivr/admission.js';
import type { Flow } from '../flow/schema.js';
import { sleep } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ChatModel, SpeechToText } from '../local-models/ports.js';
import type { CallEnding } from '../observability/turn-record.js';

export interface ReceptionParts extends Omit<SessionParts, 'flow' | 'flowVersion'> {
  readonly media: MediaPlane;
  /** The flow that a call gets which comes at this moment, and keeps to its end. */
  readonly flowForCall: (call: NewCall) => CallFlow;
  /** An earlier version, for a call that is on it. @throws HandrailError HR_FLOW_VERSION when there is none of that number */
  readonly flowOfVersion: (version: number) => Promise<CallFlow>;
  /** How a new call is served, from how many have speech now and how many there are. */
  readonly admit: (speaking: number, all: number) => Admitted;
  readonly service: Pick<ServiceParts, 'pin' | 'switches' | 'keepPrompt'>;
  /** Stand in for the engines that a call is not given. */
  readonly without: { readonly stt: SpeechToText; readonly chat: ChatModel };
}

/** What is known of a call before it has a flow. */
export interface NewCall {
  readonly callId: string;
  readonly callerNumber: string;
}

export interface CallFlow {
  readonly flow: Flow;
  readonly version: number;
  /** Whether its prompts can be said at all: without a voice the dialplan's recorded menu serves the caller better. */
  readonly canSpeak: boolean;
}

/** Asterisk takes down a channel some time after it was told to. */
const GONE_WITHIN_MS = 1_000;
const GONE_POLL_MS = 50;

export type TapOutcome =
  { readonly type: 'done'; readonly file: string } | { readonly type: 'not-running' | 'no-such-call' | 'no-packets' };

interface LiveCall {
  readonly service: Service;
  /** Absent while its line is being set up, as the others. */
  readonly session?: CallSession;
  readonly taps?: CallTaps;
  readonly leg?: MediaLeg;
}

/** Callers of the service at once: each has a line of the media plane, beside the calls that are counted. */
const MOST_SERVICE_CALLS = 4;

/** Argument of `Stasis()` that asks for the service. */
const SERVICE = 'service';

/** Tells the dialplan that the call came to its proper end and needs no keypad menu. */
const RESULT_VARIABLE = 'HANDRAIL_RESULT';

/**
 * Takes every call that Asterisk hands over, gives it a line and a session, and sees it out. A call that cannot be served
 * goes back to the dialplan, where its keypad menu waits: nothing that fails here leaves a caller in silence.
 */
export class Reception {
  readonly #calls = new Map<string, LiveCall>();
  /** Channels of those who called the line's own service. */
  readonly #serviceCalls = new Set<string>();
  #open = true;
  #onIdle: () => void = () => undefined;
  readonly #unsubscribe: () => void;
  readonly #listenIn: ListenIn;

  constructor(private readonly parts: ReceptionParts) {
    this.#listenIn = new ListenIn({
      ...parts,
      steady: (callId, on) => this.#calls.get(callId)?.leg?.steady(on),
    });
    this.#unsubscribe = parts.ari.subscribe((event) => this.#onEvent(event));
  }

  /** Channel ids of the callers whom a session serves: what a sweep must leave alone. */
  liveCalls(): ReadonlySet<string> {
    return new Set([...this.#calls.keys(), ...this.#serviceCalls]);
  }

  /**
   * Takes up a caller whom an earlier controller left in the application. Its media channel and bridge go first, as the new
   * ones have the same names.
   *
   * @throws Error when nobody knows where the caller was: the dialplan serves them then
   */
  async readopt(channel: ChannelInfo): Promise<void> {
    const { ari, clock, journal } = this.parts;
    const left = journal.take(channel.id);
    const on = left && (await this.#flowOf(channel, left));
    if (!on || !canResume(on.flow, left)) throw new Error('nobody knows where this caller was');
    const mediaChannel = mediaChannelId(channel.id);
    await Promise.all([ari.hangup(mediaChannel), ari.destroyBridge(bridgeId(channel.id))]);
    for (const untilMs = clock.nowMs() + GONE_WITHIN_MS; clock.nowMs() < untilMs; await sleep(clock, GONE_POLL_MS)) {
      if (!(await ari.listChannels()).some(({ id }) => id === mediaChannel)) break;
    }
    this.parts.log.warn(
      { callId: channel.id, nodeId: left.state.nodeId },
      'a call of an earlier controller is taken up',
    );
    void this.#receive(channel, on, left);
  }

  #flowOf(channel: ChannelInfo, { flowVersion }: JournalEntry): CallFlow | Promise<CallFlow> {
    const live = this.parts.flowForCall(newCall(channel));
    return live.version === flowVersion ? live : this.parts.flowOfVersion(flowVersion);
  }

  /** This caller left while nobody told us: the session ends, and the channel, wherever it is now, is left alone. */
  lost(callId: string): void {
    this.#calls.get(callId)?.session?.finish('hungup-by-caller');
  }

  /** Takes no new calls, and waits until those that are here have ended, but not longer than that. */
  async drain(limitMs: number): Promise<void> {
    this.#open = false;
    if (this.#calls.size === 0 || limitMs === 0) return;
    const { clock, log } = this.parts;
    log.info({ calls: this.#calls.size, limitMs }, 'draining: running calls are finished');
    await new Promise<void>((resolve) => {
      const cancel = clock.after(limitMs, resolve);
      this.#onIdle = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Begins or ends a recording or capture of a call that is up. */
  tap(callId: string, kind: TapKind, on: boolean): TapOutcome {
    const taps = this.#calls.get(callId)?.taps;
    if (!taps) return { type: 'no-such-call' };
    if (kind === 'capture' && this.parts.settings.media.transport === 'websocket') return { type: 'no-packets' };
    const file = on ? taps.begin(kind) : taps.end(kind);
    return file === undefined ? { type: 'not-running' } : { type: 'done', file };
  }

  /** Rings an extension; whoever answers hears the call and is not heard. @throws HandrailError when it cannot be rung */
  async listen(callId: string, extension: string): Promise<'ringing' | 'no-such-call'> {
    if (!this.#calls.get(callId)?.session) return 'no-such-call';
    await this.#listenIn.ring(callId, extension);
    return 'ringing';
  }

  /** Ends what `listen` began. @returns whether anybody listened there, or was rung */
  stopListening(callId: string, extension: string): boolean {
    return this.#listenIn.stop(callId, extension);
  }

  /** Moves a call on an admin's behalf. `not-now`: it is with a person, or asks nothing that keys could answer. */
  steer(callId: string, to: Steer): 'done' | 'no-such-call' | 'not-now' {
    const session = this.#calls.get(callId)?.session;
    if (!session) return 'no-such-call';
    return session.steer(to) ? 'done' : 'not-now';
  }

  /** Takes no new calls; those that are here go back to the dialplan. */
  async close(): Promise<void> {
    this.#open = false;
    this.#unsubscribe();
    const ids = [...this.#calls.keys()];
    for (const id of ids) this.#calls.get(id)?.session?.finish('dialplan');
    await Promise.allSettled(ids.map((id) => this.#toDialplan(id)));
  }

  #onEvent(event: AriEvent): void {
    if (event.type !== 'stasis-start' || isOwnChannelId(event.channel.id)) return;
    if (event.args[0] === SERVICE) return void this.#serve(event.channel);
    void this.#receive(event.channel, this.parts.flowForCall(newCall(event.channel)));
  }

  async #receive(channel: ChannelInfo, on: CallFlow, left?: JournalEntry): Promise<void> {
    const { ari, clock, journal, observer, settings } = this.parts;
    if (this.#calls.has(channel.id)) return;
    const { flow, version, canSpeak } = on;
    const service = this.#open && canSpeak ? this.parts.admit(this.#speaking, this.#calls.size) : 'dialplan';
    if (service === 'dialplan') return this.#toDialplan(channel.id);
    const callId = channel.id;
    const log = this.parts.log.child({ callId });
    this.#calls.set(callId, { service });
    observer.callStarted({
      callId,
      channelId: channel.id,
      callerNumber: channel.callerNumber,
      dialled: channel.dialled,
      flowId: flow.id,
      flowVersion: version,
      startedAtWallMs: Math.round(clock.wallMs()),
      endedAtWallMs: undefined,
      ending: undefined,
    });
    let gone = false;
    const watch = ari.onChannel(callId, (event) => {
      gone ||= event.type === 'channel-destroyed' || event.type === 'stasis-end';
    });
    let ending: CallEnding = 'failed';
    try {
      const line = await CallLine.open(ari, this.parts.media, settings, { callId, channelId: callId }, log);
      void line.leg.ended.then((counters) => counters && observer.mediaEnded(callId, counters));
      try {
        const language = left ? undefined : await this.parts.languages?.of(channel.callerNumber);
        const parts = this.#partsFor(on, service, log);
        const taps = new CallTaps(callId, line.leg, settings.tapFolders, clock);
        const onConsent = (agreed: boolean): void => {
          observer.consentGiven(callId, agreed, Math.round(clock.wallMs()));
          if (!agreed) taps.end('recording');
          else if (settings.recordConsented) taps.begin('recording');
        };
        const session = new CallSession(callId, channel.callerNumber, line, parts, left, language, onConsent);
        if (settings.recordCalls) taps.begin('recording');
        this.#calls.set(callId, { service, session, taps, leg: line.leg });
        session.start(service === 'keypad' ? 'overload' : undefined);
        // A phone that hung up while its line was being set up has told nobody since.
        if (gone) session.finish('hungup-by-caller');
        ending = await session.ended;
      } finally {
        await line.close();
      }
    } catch (err) {
      ending = gone ? 'hungup-by-caller' : 'failed';
      if (!gone) log.error({ err }, 'call could not be served; it goes to the dialplan');
    } finally {
      watch();
      this.#calls.delete(callId);
      journal.forget(callId);
      if (this.#calls.size === 0) this.#onIdle();
      observer.callEnded(callId, ending, Math.round(clock.wallMs()));
    }
    if (ending === 'failed' || ending === 'dialplan') await this.#toDialplan(callId);
    else if (ending !== 'hungup-by-caller') await this.#seeOff(callId);
  }

  /** Whoever called the line's own service: no flow, no record, and a limit of their own. */
  async #serve(channel: ChannelInfo): Promise<void> {
    const { ari, media, settings } = this.parts;
    if (this.#serviceCalls.has(channel.id)) return;
    const callId = channel.id;
    const log = this.parts.log.child({ callId });
    if (this.#serviceCalls.size >= MOST_SERVICE_CALLS) {
      log.warn({ calls: this.#serviceCalls.size }, 'too many callers of the service at once');
      return ari.hangup(callId, 'busy').catch((err: unknown) => log.warn({ err }, 'a service call was not ended'));
    }
    this.#serviceCalls.add(callId);
    try {
      const line = await CallLine.open(ari, media, settings, { callId, channelId: callId }, log);
      try {
        await new ServiceCall(line, channel.callerNumber, { ...this.parts, ...this.parts.service, log }).run();
      } finally {
        await line.close();
      }
    } catch (err) {
      log.warn({ err }, 'a service call could not be served');
    } finally {
      this.#serviceCalls.delete(callId);
    }
    await this.#seeOff(callId);
  }

  /** Calls that have speech, and so load the engines. */
  get #speaking(): number {
    return [...this.#calls.values()].filter(({ service }) => service !== 'keypad').length;
  }

  #partsFor({ flow, version }: CallFlow, service: Service, log: Logger): SessionParts {
    const { without, chat, stt } = this.parts;
    return {
      ...this.parts,
      flow,
      flowVersion: version,
      stt: service === 'keypad' ? without.stt : stt,
      chat: service === 'full' ? chat : without.chat,
      log,
    };
  }

  async #seeOff(channelId: string): Promise<void> {
    const { ari, log } = this.parts;
    try {
      await ari.setVariable(channelId, RESULT_VARIABLE, 'done');
      await ari.hangup(channelId, 'normal');
    } catch (err) {
      log.debug({ err, callId: channelId }, 'caller was gone before the goodbye');
    }
  }

  async #toDialplan(channelId: string): Promise<void> {
    await this.parts.ari
      .continueInDialplan(channelId)
      .catch((err: unknown) =>
        this.parts.log.warn({ err, callId: channelId }, 'caller could not go back to the dialplan'),
      );
  }
}

function newCall({ id, callerNumber }: ChannelInfo): NewCall {
  return { callId: id, callerNumber };
}
