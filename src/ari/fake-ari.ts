import { type Clock, sleep } from '../kernel/clock.js';
import { type ErrorCode, HandrailError } from '../kernel/errors.js';
import type { Unsubscribe } from '../kernel/emitter.js';
import { EventHub } from './event-hub.js';
import { tagBridgeName } from './ids.js';
import type {
  AriEvent,
  AriPort,
  AsteriskInfo,
  BridgeInfo,
  ChannelInfo,
  DialplanPlace,
  ExternalMediaOptions,
  HangupReason,
  MadeExternalMedia,
  OriginateOptions,
  StagedExternalMedia,
} from './port.js';

/** What was asked of the fake, in order. */
export type FakeOperation =
  | { readonly type: 'answer' | 'ringing'; readonly channelId: string }
  | { readonly type: 'hangup'; readonly channelId: string; readonly reason: HangupReason }
  | { readonly type: 'setVariable'; readonly channelId: string; readonly name: string; readonly value: string }
  | { readonly type: 'setGlobalVariable'; readonly name: string; readonly value: string }
  | { readonly type: 'getVariable'; readonly channelId: string; readonly name: string }
  | { readonly type: 'continueInDialplan'; readonly channelId: string; readonly place: DialplanPlace | undefined }
  | { readonly type: 'sendDtmf'; readonly channelId: string; readonly digits: string }
  | { readonly type: 'createBridge'; readonly bridgeId: string; readonly name: string }
  | { readonly type: 'addToBridge' | 'removeFromBridge'; readonly bridgeId: string; readonly channelId: string }
  | { readonly type: 'destroyBridge'; readonly bridgeId: string }
  | { readonly type: 'externalMedia'; readonly channelId: string; readonly options: ExternalMediaOptions }
  | { readonly type: 'originate'; readonly channelId: string; readonly options: OriginateOptions }
  | { readonly type: 'snoop'; readonly channelId: string; readonly snoopId: string; readonly whisper?: boolean }
  | { readonly type: 'play'; readonly channelId: string; readonly media: string }
  | { readonly type: 'dialplanHas'; readonly place: string }
  | { readonly type: 'listChannels' | 'listBridges' | 'applicationRegistered' | 'info' | 'reloadDialplan' };

export type FakeOperationType = FakeOperation['type'];

export interface FakeCall {
  /** @defaultValue 'call-1', 'call-2', … */
  readonly channelId?: string;
  readonly callerNumber?: string;
  readonly dialled?: string;
  /** Arguments of `Stasis()` in the dialplan. */
  readonly args?: readonly string[];
}

interface FakeChannel {
  info: ChannelInfo;
  readonly variables: Map<string, string>;
}

/**
 * An Asterisk in memory, for tests of what stands on `AriPort`. It behaves as the real one where that matters: a vanished
 * channel is HR_CALL_GONE, hanging up ends in `stasis-end` and `channel-destroyed`, `continueInDialplan` in `stasis-end`,
 * a media channel has its `stasis-start` before `execute` resolves, a channel that is not in Stasis cannot be bridged.
 *
 * Events come synchronously out of the methods that script them.
 */
export class FakeAri implements AriPort {
  readonly operations: FakeOperation[] = [];
  readonly #hub = new EventHub((error) => this.listenerErrors.push(error), { keepUntilSubscribed: false });
  /** What listeners threw: a test that cares looks here. */
  readonly listenerErrors: unknown[] = [];
  readonly #channels = new Map<string, FakeChannel>();
  readonly #bridges = new Map<string, { readonly name: string; readonly channelIds: Set<string> }>();
  readonly #failures: { readonly type: FakeOperationType; readonly error: unknown; left: number }[] = [];
  readonly #delays = new Map<FakeOperationType, number>();
  #connected = true;
  #closed = false;
  #calls = 0;
  #nextMediaPort = 40_000;
  #newestCall: string | undefined;

  constructor(
    private readonly clock: Clock,
    readonly app = 'handrail',
  ) {}

  // ── the script ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A caller comes out of the dialplan into the application. */
  callArrives(call: FakeCall = {}): ChannelInfo {
    const channelId = call.channelId ?? `call-${++this.#calls}`;
    const info = this.#addChannel(channelId, `PJSIP/caller-${channelId}`, 'Ring', call, this.app);
    this.#newestCall = channelId;
    this.#emit({ type: 'stasis-start', atMs: this.clock.nowMs(), channel: info, args: call.args ?? [] });
    return info;
  }

  /** The caller presses keys, one event each. Without a channel: the call that arrived last. */
  press(digits: string, options: { readonly channelId?: string; readonly durationMs?: number } = {}): void {
    const channelId = options.channelId ?? this.#newest();
    for (const digit of digits) {
      this.#emit({ type: 'dtmf', atMs: this.clock.nowMs(), channelId, digit, durationMs: options.durationMs ?? 160 });
    }
  }

  /** The other side hangs up: request, end of Stasis, end of the channel, as Asterisk tells it. */
  hangsUp(channelId: string = this.#newest(), cause = 16, causeText = 'Normal Clearing'): void {
    if (!this.#channels.has(channelId)) return;
    this.#emit({ type: 'hangup-request', atMs: this.clock.nowMs(), channelId });
    this.#endChannel(channelId, cause, causeText);
  }

  /** An originated leg is answered and enters the application. */
  legAnswers(channelId: string, args: readonly string[] = []): void {
    const channel = this.#channel(channelId);
    channel.info = { ...channel.info, state: 'Up', stasisApp: this.app };
    this.#emit({ type: 'dial', atMs: this.clock.nowMs(), channelId, status: 'ANSWER' });
    this.#emit({ type: 'stasis-start', atMs: this.clock.nowMs(), channel: channel.info, args });
  }

  /** What was played into a channel is over. */
  playbackFinishes(channelId: string): void {
    this.#emit({ type: 'playback-finished', atMs: this.clock.nowMs(), channelId });
  }

  /** An originated leg is not answered. `status` as in Asterisk's DIALSTATUS. */
  legFails(channelId: string, status: 'BUSY' | 'NOANSWER' | 'CONGESTION' | 'CHANUNAVAIL' = 'NOANSWER'): void {
    this.#emit({ type: 'dial', atMs: this.clock.nowMs(), channelId, status });
    this.#endChannel(channelId, status === 'BUSY' ? 17 : 19, status);
  }

  /** The websocket drops. What is scripted from here on is lost, as in Asterisk, until `reconnect`. */
  disconnect(reason = 'websocket closed with code 1006'): void {
    if (!this.#connected) return;
    this.#hub.emit({ type: 'disconnected', atMs: this.clock.nowMs(), reason });
    this.#connected = false;
  }

  reconnect(): void {
    if (this.#connected || this.#closed) return;
    this.#connected = true;
    this.#hub.emit({ type: 'connected', atMs: this.clock.nowMs() });
  }

  /** Another controller takes the application. */
  takeOver(): void {
    this.#emit({ type: 'application-replaced', atMs: this.clock.nowMs() });
    this.disconnect('another controller took over the application');
  }

  /** Makes the next `times` operations of this type reject. An error code becomes a `HandrailError`. */
  fail(type: FakeOperationType, error: ErrorCode | Error = 'HR_ARI_REQUEST', times = 1): void {
    const rejection = typeof error === 'string' ? new HandrailError(error, `${type} (scripted)`) : error;
    this.#failures.push({ type, error: rejection, left: times });
  }

  /** Makes every operation of this type take `delayMs` on the clock; 0 takes it back. */
  delay(type: FakeOperationType, delayMs: number): void {
    this.#delays.set(type, delayMs);
  }

  /** The operations of one type. */
  operationsOf<T extends FakeOperationType>(type: T): Extract<FakeOperation, { readonly type: T }>[] {
    return this.operations.filter((o): o is Extract<FakeOperation, { readonly type: T }> => o.type === type);
  }

  /** The ids that exist at this moment: nothing must be left when a test is over. */
  get left(): { readonly channels: readonly string[]; readonly bridges: readonly string[] } {
    return { channels: [...this.#channels.keys()], bridges: [...this.#bridges.keys()] };
  }

  // ── AriPort ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  get connected(): boolean {
    return this.#connected;
  }

  subscribe(listener: (event: AriEvent) => void): Unsubscribe {
    return this.#hub.subscribe(listener);
  }

  onChannel(channelId: string, listener: (event: AriEvent) => void): Unsubscribe {
    return this.#hub.onChannel(channelId, listener);
  }

  async answer(channelId: string): Promise<void> {
    await this.#record({ type: 'answer', channelId });
    const channel = this.#channel(channelId);
    channel.info = { ...channel.info, state: 'Up' };
  }

  async hangup(channelId: string, reason: HangupReason = 'normal'): Promise<void> {
    await this.#record({ type: 'hangup', channelId, reason });
    this.#endChannel(channelId, 16, 'Normal Clearing');
  }

  async setVariable(channelId: string, name: string, value: string): Promise<void> {
    await this.#record({ type: 'setVariable', channelId, name, value });
    this.#channel(channelId).variables.set(name, value);
  }

  async getVariable(channelId: string, name: string): Promise<string | undefined> {
    await this.#record({ type: 'getVariable', channelId, name });
    return this.#channel(channelId).variables.get(name);
  }

  async continueInDialplan(channelId: string, place?: DialplanPlace): Promise<void> {
    await this.#record({ type: 'continueInDialplan', channelId, place });
    const channel = this.#channel(channelId);
    channel.info = { ...channel.info, stasisApp: undefined };
    this.#leaveBridges(channelId);
    this.#emit({ type: 'stasis-end', atMs: this.clock.nowMs(), channelId });
  }

  async sendDtmf(channelId: string, digits: string): Promise<void> {
    await this.#record({ type: 'sendDtmf', channelId, digits });
    this.#channel(channelId);
  }

  async ringing(channelId: string): Promise<void> {
    await this.#record({ type: 'ringing', channelId });
    this.#channel(channelId);
  }

  async createBridge(bridgeId: string, name: string): Promise<void> {
    await this.#record({ type: 'createBridge', bridgeId, name });
    this.#bridges.set(bridgeId, { name: tagBridgeName(this.app, name), channelIds: new Set() });
  }

  async addToBridge(bridgeId: string, channelId: string): Promise<void> {
    await this.#record({ type: 'addToBridge', bridgeId, channelId });
    const { info } = this.#channel(channelId);
    if (info.stasisApp === undefined) {
      throw new HandrailError('HR_ARI_REQUEST', `${channelId}: 422 “Channel not in Stasis application”`);
    }
    this.#bridge(bridgeId).channelIds.add(channelId);
  }

  async removeFromBridge(bridgeId: string, channelId: string): Promise<void> {
    await this.#record({ type: 'removeFromBridge', bridgeId, channelId });
    this.#bridge(bridgeId).channelIds.delete(channelId);
  }

  async destroyBridge(bridgeId: string): Promise<void> {
    await this.#record({ type: 'destroyBridge', bridgeId });
    this.#bridges.delete(bridgeId);
  }

  stageExternalMedia(options: ExternalMediaOptions): StagedExternalMedia {
    let running: Promise<MadeExternalMedia> | undefined;
    return { channelId: options.channelId, execute: () => (running ??= this.#startMedia(options)) };
  }

  async originate(options: OriginateOptions): Promise<void> {
    const { channelId } = options;
    await this.#record({ type: 'originate', channelId, options });
    this.#addChannel(channelId, `${options.endpoint}-${channelId}`, 'Down', {}, undefined);
    for (const [name, value] of Object.entries(options.variables ?? {})) {
      this.#channel(channelId).variables.set(name, value);
    }
    this.#emit({ type: 'dial', atMs: this.clock.nowMs(), channelId, status: '' });
  }

  async snoop({ channelId, snoopId, whisper }: Parameters<AriPort['snoop']>[0]): Promise<void> {
    await this.#record({ type: 'snoop', channelId, snoopId, ...(whisper === undefined ? {} : { whisper }) });
    this.#channel(channelId);
    this.#addChannel(snoopId, `Snoop/${channelId}`, 'Up', {}, this.app);
    this.legAnswers(snoopId);
  }

  async play(channelId: string, media: string): Promise<void> {
    await this.#record({ type: 'play', channelId, media });
    this.#channel(channelId);
  }

  async listChannels(): Promise<ChannelInfo[]> {
    await this.#record({ type: 'listChannels' });
    return [...this.#channels.values()].map((channel) => channel.info);
  }

  async listBridges(): Promise<BridgeInfo[]> {
    await this.#record({ type: 'listBridges' });
    return [...this.#bridges].map(([id, { name, channelIds }]) => ({ id, name, channelIds: [...channelIds] }));
  }

  async applicationRegistered(): Promise<boolean> {
    await this.#record({ type: 'applicationRegistered' });
    return this.#connected;
  }

  async info(): Promise<AsteriskInfo> {
    await this.#record({ type: 'info' });
    return { version: 'fake', modules: [] };
  }

  async dialplanHas(place: { readonly context: string; readonly extension: string }): Promise<boolean> {
    await this.#record({ type: 'dialplanHas', place: `${place.extension}@${place.context}` });
    return true;
  }

  async reloadDialplan(): Promise<void> {
    await this.#record({ type: 'reloadDialplan' });
  }

  async setGlobalVariable(name: string, value: string): Promise<void> {
    await this.#record({ type: 'setGlobalVariable', name, value });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#connected = false;
    this.#hub.clear();
    return Promise.resolve();
  }

  // ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #startMedia(options: ExternalMediaOptions): Promise<MadeExternalMedia> {
    const { channelId, rtpTo } = options;
    await this.#record({ type: 'externalMedia', channelId, options });
    const channel = this.#addChannel(
      channelId,
      rtpTo ? `UnicastRTP/${rtpTo.host}:${rtpTo.port}` : 'WebSocket/INCOMING',
      'Up',
      {},
      this.app,
    );
    this.#emit({ type: 'stasis-start', atMs: this.clock.nowMs(), channel, args: [] });
    this.#nextMediaPort += 2;
    const local = rtpTo
      ? { host: '127.0.0.1', port: this.#nextMediaPort }
      : { url: `ws://127.0.0.1/media/${this.#nextMediaPort}` };
    return { local, started: Promise.resolve() };
  }

  async #record(operation: FakeOperation): Promise<void> {
    this.operations.push(operation);
    const delayMs = this.#delays.get(operation.type) ?? 0;
    if (delayMs > 0) await sleep(this.clock, delayMs);
    const failure = this.#failures.find((f) => f.type === operation.type && f.left > 0);
    if (!failure) return;
    failure.left--;
    throw failure.error;
  }

  /** Events while disconnected are lost: Asterisk does not keep them. */
  #emit(event: AriEvent): void {
    if (this.#connected) this.#hub.emit(event);
  }

  #addChannel(id: string, name: string, state: string, call: FakeCall, stasisApp: string | undefined): ChannelInfo {
    const info: ChannelInfo = {
      id,
      name,
      state,
      callerNumber: call.callerNumber ?? '',
      dialled: call.dialled ?? '100',
      stasisApp,
      createdAtWallMs: this.clock.wallMs(),
    };
    this.#channels.set(id, { info, variables: new Map() });
    return info;
  }

  #endChannel(channelId: string, cause: number, causeText: string): void {
    const channel = this.#channels.get(channelId);
    if (!channel) return;
    this.#channels.delete(channelId);
    this.#leaveBridges(channelId);
    const atMs = this.clock.nowMs();
    if (channel.info.stasisApp !== undefined) this.#emit({ type: 'stasis-end', atMs, channelId });
    this.#emit({ type: 'channel-destroyed', atMs, channelId, cause, causeText });
  }

  #leaveBridges(channelId: string): void {
    for (const bridge of this.#bridges.values()) bridge.channelIds.delete(channelId);
  }

  #channel(channelId: string): FakeChannel {
    const channel = this.#channels.get(channelId);
    if (!channel) throw new HandrailError('HR_CALL_GONE', channelId);
    return channel;
  }

  #bridge(bridgeId: string): { readonly channelIds: Set<string> } {
    const bridge = this.#bridges.get(bridgeId);
    if (!bridge) throw new HandrailError('HR_CALL_GONE', `bridge ${bridgeId}`);
    return bridge;
  }

  #newest(): string {
    if (this.#newestCall === undefined) throw new Error('no call has arrived at the fake yet');
    return this.#newestCall;
  }
}
