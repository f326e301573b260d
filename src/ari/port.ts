import type { Unsubscribe } from '../kernel/emitter.js';

/**
 * What Handrail needs of Asterisk, and no more. Business code never sees HTTP, `ari-client` or a raw ARI object.
 *
 * Every channel, bridge and media channel gets an id chosen by us *before* it exists, so that one can subscribe first and
 * act afterwards and no event is ever missed (CyCoreSystems/ari calls this staging).
 *
 * Errors: every operation rejects with a `HandrailError` — `HR_CALL_GONE` when the channel is no longer there (404),
 * `HR_ARI_REQUEST` for any other refusal, `HR_ARI_UNREACHABLE`, `HR_ARI_TIMEOUT`.
 */
export interface AriPort {
  /** Connection state. Events missed while disconnected are lost in Asterisk: `connected` is followed by a sweep. */
  readonly connected: boolean;
  /** All events of this application. Per-call code filters by channel id, or uses `onChannel`. */
  subscribe(listener: (event: AriEvent) => void): Unsubscribe;
  /** Events of one channel only. */
  onChannel(channelId: string, listener: (event: AriEvent) => void): Unsubscribe;

  answer(channelId: string): Promise<void>;
  /** Hangs up. A channel that is already gone is no error. */
  hangup(channelId: string, reason?: HangupReason): Promise<void>;
  setVariable(channelId: string, name: string, value: string): Promise<void>;
  getVariable(channelId: string, name: string): Promise<string | undefined>;
  /** Sends the channel back to the dialplan; it leaves the application. Without a place: at the line after `Stasis()`. */
  continueInDialplan(channelId: string, place?: DialplanPlace): Promise<void>;
  /** Plays DTMF into a channel. */
  sendDtmf(channelId: string, digits: string): Promise<void>;
  ringing(channelId: string): Promise<void>;

  /** A two-party mixing bridge: Asterisk runs it as `simple_bridge`, without transcoding. */
  createBridge(bridgeId: string, name: string): Promise<void>;
  addToBridge(bridgeId: string, channelId: string): Promise<void>;
  removeFromBridge(bridgeId: string, channelId: string): Promise<void>;
  /** Removes the bridge. One that is already gone is no error. */
  destroyBridge(bridgeId: string): Promise<void>;

  /**
   * Prepares an external media channel; nothing happens at Asterisk before `execute`. It is bridged when `started` is kept,
   * at the media channel's own StasisStart: adding it to a bridge earlier is refused in 1 of 8 calls under load.
   */
  stageExternalMedia(options: ExternalMediaOptions): StagedExternalMedia;
  /** Places a call into this application. Resolves when the channel exists; `ChannelAnswered` (StasisStart) follows. */
  originate(options: OriginateOptions): Promise<void>;

  /**
   * A channel in this application that carries both sides of another one, which does not notice. It ends with that one, and may
   * be bridged after its own StasisStart. `whisper` is the other way round: what is played into it is heard by whoever is on that
   * channel, and nothing is carried out of it.
   */
  snoop(options: {
    readonly channelId: string;
    readonly snoopId: string;
    /** @defaultValue false */
    readonly whisper?: boolean;
  }): Promise<void>;
  /** Plays a sound or tone by Asterisk's name for it (`sound:beep`); `playback-finished` follows, but not after a tone, which goes on. */
  play(channelId: string, media: string): Promise<void>;

  listChannels(): Promise<ChannelInfo[]>;
  listBridges(): Promise<BridgeInfo[]>;
  /** True when some websocket serves the application, ours or another's. */
  applicationRegistered(): Promise<boolean>;
  /** Facts for doctor: Asterisk's version and the modules that run. */
  info(): Promise<AsteriskInfo>;
  /**
   * Whether the dialplan has an extension in a context. ARI has no question for it: a channel that is never dialled asks.
   */
  dialplanHas(place: { readonly context: string; readonly extension: string }): Promise<boolean>;
  /** Asterisk reads extensions.conf and its includes again; resolves when it has. Calls in the dialplan go on. */
  reloadDialplan(): Promise<void>;
  /** A variable of Asterisk, which every dialplan sees until Asterisk is restarted. */
  setGlobalVariable(name: string, value: string): Promise<void>;

  close(): Promise<void>;
}

export type HangupReason = 'normal' | 'busy' | 'congestion' | 'no_answer';

export interface DialplanPlace {
  readonly context: string;
  readonly extension: string;
  readonly priority: number | string;
}

export interface ExternalMediaOptions {
  readonly channelId: string;
  /** Where Asterisk shall send the caller's audio: our socket. Absent: it waits for our websocket (`chan_websocket`). */
  readonly rtpTo?: MediaAddress;
  readonly format: 'ulaw' | 'alaw' | 'slin';
}

export interface StagedExternalMedia {
  readonly channelId: string;
  execute(): Promise<MadeExternalMedia>;
}

export interface MadeExternalMedia {
  /**
   * Asterisk's own end: for RTP the only address that we accept from (UNICASTRTP_LOCAL_ADDRESS and _PORT), else the websocket
   * that it waits for.
   */
  readonly local: MediaAddress | WebsocketAddress;
  /** Kept when the channel may be bridged; one that waits for a websocket gets there only when that is connected. */
  readonly started: Promise<void>;
}

export interface WebsocketAddress {
  readonly url: string;
  /** As in `AriAddress`. */
  readonly ca?: string | undefined;
}

export interface MediaAddress {
  readonly host: string;
  readonly port: number;
}

export interface OriginateOptions {
  readonly channelId: string;
  /** For instance `Local/300@from-handrail` or `PJSIP/201`. */
  readonly endpoint: string;
  readonly callerId?: string;
  readonly timeoutMs: number;
  /**
   * The only format offered. Without one Asterisk gives a Local channel 192 kHz linear, transcodes the caller to it, and in
   * one call of four the caller then heard nothing more.
   */
  readonly format: 'ulaw' | 'alaw' | 'slin';
  /** Arguments that come back in the channel's StasisStart. */
  readonly appArgs?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ChannelInfo {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly callerNumber: string;
  readonly dialled: string;
  /** The application that holds it, if it is in Stasis: dialplan.app_name = Stasis and app_data starts with the name. */
  readonly stasisApp: string | undefined;
  readonly createdAtWallMs: number;
}

export interface BridgeInfo {
  readonly id: string;
  readonly name: string;
  readonly channelIds: readonly string[];
}

export interface AsteriskInfo {
  readonly version: string;
  readonly modules: readonly string[];
}

/** What Asterisk tells us. `atMs` is our monotonic clock at arrival. */
export type AriEvent =
  | { readonly type: 'connected'; readonly atMs: number }
  | { readonly type: 'disconnected'; readonly atMs: number; readonly reason: string }
  | {
      readonly type: 'stasis-start';
      readonly atMs: number;
      readonly channel: ChannelInfo;
      readonly args: readonly string[];
    }
  | { readonly type: 'stasis-end'; readonly atMs: number; readonly channelId: string }
  | {
      readonly type: 'channel-destroyed';
      readonly atMs: number;
      readonly channelId: string;
      readonly cause: number;
      readonly causeText: string;
    }
  | { readonly type: 'hangup-request'; readonly atMs: number; readonly channelId: string }
  | {
      readonly type: 'dtmf';
      readonly atMs: number;
      readonly channelId: string;
      readonly digit: string;
      readonly durationMs: number;
    }
  | { readonly type: 'dial'; readonly atMs: number; readonly channelId: string; readonly status: string }
  | { readonly type: 'playback-finished'; readonly atMs: number; readonly channelId: string }
  /** Another websocket took over this application name: two controllers run. */
  | { readonly type: 'application-replaced'; readonly atMs: number };
