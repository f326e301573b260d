import type { Cancel, Clock } from '../kernel/clock.js';
import { explain, HandrailError } from '../kernel/errors.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import type { AriAddress } from './address.js';
import { EventHub } from './event-hub.js';
import { EventLink, type EventLinkTimes, type LinkFailure, type OpenEventSocket } from './event-link.js';
import { stageExternalMedia } from './external-media.js';
import { probeChannelId, tagBridgeName } from './ids.js';
import { type Lease, leaseTimes } from './lease.js';
import type { AriLog } from './log.js';
import { asArray, asObject, asText, parseBridge, parseChannel, translateMessage } from './messages.js';
import type {
  AriEvent,
  AriPort,
  AsteriskInfo,
  BridgeInfo,
  ChannelInfo,
  DialplanPlace,
  ExternalMediaOptions,
  HangupReason,
  OriginateOptions,
  StagedExternalMedia,
} from './port.js';
import { AriRefusal, type AriRest } from './rest.js';

export interface AriConnectionParts {
  readonly app: string;
  readonly clock: Clock;
  readonly log: AriLog;
  readonly random: () => number;
  readonly rest: AriRest;
  readonly transport: { close(): void };
  readonly lease: Lease;
  readonly open: OpenEventSocket;
  readonly times: EventLinkTimes;
}

/**
 * After tries that Asterisk left unanswered (it was stopped, or the network was away) it may work one of them off late, and
 * tell our living socket that it was replaced: by nobody but ourselves.
 */
const GHOST_MS = 10_000;

/**
 * A connection that came back is a sign of life once it has held for so long. One that breaks again and again hears no keys:
 * its callers are better off with the lifeline.
 */
const STEADY_MS = 500;

/** `AriPort` over one supervised event link and one request transport. */
export class AriConnection implements AriPort {
  readonly #hub: EventHub;
  readonly #link: EventLink;
  #firstTry: { resolve(): void; reject(error: HandrailError): void } | undefined;
  #cancelRenewal: Cancel | undefined;
  #replaced = false;
  #silentTry = false;
  #ghostUntilMs = 0;
  #closing: Promise<void> | undefined;
  #address: Pick<AriAddress, 'baseUrl' | 'ca'> = { baseUrl: '' };
  #probes = 0;

  constructor(private readonly parts: AriConnectionParts) {
    const { open, clock, random, times, log } = parts;
    this.#hub = new EventHub((error) => log.error({ reason: explain(error) }, 'a listener of ARI events failed'), {
      keepUntilSubscribed: true,
    });
    this.#link = new EventLink(
      open,
      {
        onUp: () => this.#up(),
        onDown: (reason) => this.#down(reason),
        onMessage: (text) => this.#message(text),
        onRetry: (failure, nextTryMs) => this.#retry(failure, nextTryMs),
      },
      clock,
      random,
      times,
    );
  }

  /**
   * Opens the event websocket for the first time; does not try again.
   *
   * @throws HandrailError HR_ARI_AUTH or HR_ARI_UNREACHABLE; the connection is closed then
   */
  firstUp(address: Pick<AriAddress, 'baseUrl' | 'ca'>): Promise<void> {
    this.#address = address;
    return new Promise((resolve, reject) => {
      this.#firstTry = { resolve, reject };
      this.#link.start();
    });
  }

  get connected(): boolean {
    return this.#link.state === 'connected';
  }

  subscribe(listener: (event: AriEvent) => void): Unsubscribe {
    return this.#hub.subscribe(listener);
  }

  onChannel(channelId: string, listener: (event: AriEvent) => void): Unsubscribe {
    return this.#hub.onChannel(channelId, listener);
  }

  async answer(channelId: string): Promise<void> {
    await this.parts.rest.ask('channels.answer', channelId, { channelId });
  }

  async hangup(channelId: string, reason: HangupReason = 'normal'): Promise<void> {
    await this.parts.rest.askIfThere('channels.hangup', channelId, { channelId, reason });
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.parts.rest.ask('channels.setChannelVar', channelId, { channelId, variable: name, value });
  }

  async getVariable(channelId: string, name: string): Promise<string | undefined> {
    try {
      const answer = await this.parts.rest.ask('channels.getChannelVar', channelId, { channelId, variable: name });
      return asText(asObject(answer)?.['value']);
    } catch (error) {
      // Asterisk answers 404 for an unknown channel and for an unknown variable; only the words differ.
      const refusal = error instanceof HandrailError ? error.cause : undefined;
      if (refusal instanceof AriRefusal && refusal.status === 404 && /variable/i.test(refusal.words)) return undefined;
      throw error;
    }
  }

  async continueInDialplan(channelId: string, place?: DialplanPlace): Promise<void> {
    await this.parts.rest.ask('channels.continueInDialplan', channelId, { channelId, ...placeParameters(place) });
  }

  async sendDtmf(channelId: string, digits: string): Promise<void> {
    await this.parts.rest.ask('channels.sendDTMF', channelId, { channelId, dtmf: digits });
  }

  async ringing(channelId: string): Promise<void> {
    await this.parts.rest.ask('channels.ring', channelId, { channelId });
  }

  async createBridge(bridgeId: string, name: string): Promise<void> {
    const tagged = tagBridgeName(this.parts.app, name);
    await this.parts.rest.ask('bridges.createWithId', bridgeId, { bridgeId, name: tagged, type: 'mixing' });
  }

  async addToBridge(bridgeId: string, channelId: string): Promise<void> {
    await this.parts.rest.ask('bridges.addChannel', channelId, { bridgeId, channel: channelId });
  }

  async removeFromBridge(bridgeId: string, channelId: string): Promise<void> {
    await this.parts.rest.ask('bridges.removeChannel', channelId, { bridgeId, channel: channelId });
  }

  async destroyBridge(bridgeId: string): Promise<void> {
    await this.parts.rest.askIfThere('bridges.destroy', bridgeId, { bridgeId });
  }

  stageExternalMedia(options: ExternalMediaOptions): StagedExternalMedia {
    const { app, rest, clock } = this.parts;
    return stageExternalMedia(
      {
        app,
        address: this.#address,
        rest,
        clock,
        onChannel: (channelId, listener) => this.onChannel(channelId, listener),
        hangup: (channelId) => this.hangup(channelId),
      },
      options,
    );
  }

  async originate(options: OriginateOptions): Promise<void> {
    await this.parts.rest.ask('channels.originateWithId', options.channelId, {
      channelId: options.channelId,
      endpoint: options.endpoint,
      app: this.parts.app,
      formats: options.format,
      // ARI counts in whole seconds; 0 would mean for ever.
      timeout: Math.max(1, Math.ceil(options.timeoutMs / 1_000)),
      ...(options.callerId === undefined ? {} : { callerId: options.callerId }),
      ...(options.appArgs === undefined ? {} : { appArgs: options.appArgs }),
      ...(options.variables === undefined ? {} : { variables: { variables: options.variables } }),
    });
  }

  async snoop({ channelId, snoopId, whisper = false }: Parameters<AriPort['snoop']>[0]): Promise<void> {
    const { app, rest } = this.parts;
    const ways = whisper ? { spy: 'none', whisper: 'out' } : { spy: 'both', whisper: 'none' };
    await rest.ask('channels.snoopChannelWithId', channelId, { channelId, snoopId, app, ...ways });
  }

  async play(channelId: string, media: string): Promise<void> {
    await this.parts.rest.ask('channels.play', channelId, { channelId, media });
  }

  async listChannels(): Promise<ChannelInfo[]> {
    const answer = await this.parts.rest.ask('channels.list', '');
    return asArray(answer).flatMap((channel) => parseChannel(channel) ?? []);
  }

  async listBridges(): Promise<BridgeInfo[]> {
    const answer = await this.parts.rest.ask('bridges.list', '');
    return asArray(answer).flatMap((bridge) => parseBridge(bridge) ?? []);
  }

  async applicationRegistered(): Promise<boolean> {
    return this.connected || (await this.parts.lease.isServed(this.parts.clock));
  }

  async dialplanHas({
    context,
    extension,
  }: {
    readonly context: string;
    readonly extension: string;
  }): Promise<boolean> {
    const channelId = probeChannelId(++this.#probes);
    const { rest, app } = this.parts;
    await rest.ask('channels.create', channelId, { channelId, endpoint: `Local/${extension}@${context}`, app });
    try {
      return (await this.getVariable(channelId, `DIALPLAN_EXISTS(${context},${extension},1)`)) === '1';
    } finally {
      await this.hangup(channelId);
    }
  }

  async reloadDialplan(): Promise<void> {
    await this.parts.rest.ask('asterisk.reloadModule', '', { moduleName: 'pbx_config.so' });
  }

  async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.parts.rest.ask('asterisk.setGlobalVar', name, { variable: name, value });
  }

  async info(): Promise<AsteriskInfo> {
    const [info, modules] = await Promise.all([
      this.parts.rest.ask('asterisk.getInfo', ''),
      this.parts.rest.ask('asterisk.listModules', ''),
    ]);
    const running = asArray(modules)
      .map(asObject)
      .filter((module) => module?.['status'] === 'Running');
    return {
      version: asText(asObject(asObject(info)?.['system'])?.['version']),
      modules: running.map((module) => asText(module?.['name'])),
    };
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const wasConnected = this.connected;
    this.#cancelRenewal?.();
    this.#link.close();
    this.#hub.clear();
    // The other controller's lease is not ours to release, and what cannot be reached needs no release.
    if (wasConnected && !this.#replaced) await this.parts.lease.release().catch(() => undefined);
    this.parts.transport.close();
  }

  #up(): void {
    const { clock, log, app } = this.parts;
    const firstTry = this.#firstTry;
    this.#firstTry = undefined;
    firstTry?.resolve();
    if (this.#silentTry) this.#ghostUntilMs = clock.nowMs() + GHOST_MS;
    this.#silentTry = false;
    if (firstTry) {
      this.#keepLease();
    } else {
      log.info({ app }, 'connected to Asterisk again');
      this.#cancelRenewal = clock.after(STEADY_MS, () => this.#keepLease());
    }
    this.#hub.emit({ type: 'connected', atMs: clock.nowMs() });
  }

  #down(reason: string): void {
    this.#cancelRenewal?.();
    this.parts.log.warn({ reason }, 'connection to Asterisk lost');
    this.#hub.emit({ type: 'disconnected', atMs: this.parts.clock.nowMs(), reason });
  }

  #retry(failure: LinkFailure, nextTryMs: number): void {
    const { log } = this.parts;
    this.#silentTry ||= failure.silent;
    const firstTry = this.#firstTry;
    if (firstTry) {
      this.#link.close();
      const code = failure.status === 401 || failure.status === 403 ? 'HR_ARI_AUTH' : 'HR_ARI_UNREACHABLE';
      firstTry.reject(new HandrailError(code, `${this.#address.baseUrl}: ${failure.reason}`));
    } else if (failure.status === 401) {
      log.error({ ...failure, nextTryMs }, 'Asterisk refuses the ARI password now');
    } else {
      log.debug({ ...failure, nextTryMs }, 'no connection to Asterisk yet');
    }
  }

  #message(text: string): void {
    const { app, clock } = this.parts;
    const event = translateMessage(text, app, clock.nowMs());
    if (event?.type === 'application-replaced') this.#applicationReplaced(event);
    else if (event) this.#hub.emit(event);
  }

  #applicationReplaced(event: AriEvent): void {
    const { app, clock, log } = this.parts;
    if (clock.nowMs() < this.#ghostUntilMs) {
      log.warn({ app }, 'application replaced, probably by an earlier try of our own');
      this.#link.renew('replaced by an earlier try of our own');
      return;
    }
    // Two controllers that take the name from each other would lose calls for ever; the newer one keeps it.
    this.#replaced = true;
    this.#cancelRenewal?.();
    this.#link.close();
    const reason = 'another controller took over the application';
    log.error({ app }, reason);
    this.#hub.emit(event);
    this.#hub.emit({ type: 'disconnected', atMs: clock.nowMs(), reason });
  }

  #keepLease(): void {
    const { clock, lease, log } = this.parts;
    this.#cancelRenewal?.();
    this.#cancelRenewal = clock.after(leaseTimes.renewalMs, () => this.#keepLease());
    lease.renew().catch((error: unknown) => log.warn({ reason: explain(error) }, 'lease not renewed'));
  }
}

function placeParameters(place: DialplanPlace | undefined): Record<string, string | number> {
  if (!place) return {};
  const { context, extension, priority } = place;
  // ARI takes a number as priority and a name as label.
  return typeof priority === 'number' ? { context, extension, priority } : { context, extension, label: priority };
}
