import type { AriEvent, BridgeInfo, ChannelInfo } from './port.js';

/**
 * The border: what Asterisk sends is `unknown` here and nowhere else. Everything is checked field by field; a message
 * that is not understood becomes `undefined` and costs nothing.
 */
type Json = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asNumber(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** One text frame of the event websocket. `undefined` for an unknown type, a damaged message, or another application. */
export function translateMessage(text: string, app: string, atMs: number): AriEvent | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const event = asObject(message);
  return event && asText(event['application']) === app ? translateEvent(event, atMs) : undefined;
}

function translateEvent(event: Json, atMs: number): AriEvent | undefined {
  const channel = parseChannel(event['channel']);
  const channelId = channel?.id;
  switch (event['type']) {
    case 'StasisStart': {
      if (!channel) return undefined;
      return { type: 'stasis-start', atMs, channel, args: asArray(event['args']).map(asText) };
    }
    case 'StasisEnd':
      return channelId === undefined ? undefined : { type: 'stasis-end', atMs, channelId };
    case 'ChannelDestroyed': {
      if (channelId === undefined) return undefined;
      const cause = asNumber(event['cause']);
      return { type: 'channel-destroyed', atMs, channelId, cause, causeText: asText(event['cause_txt']) };
    }
    case 'ChannelHangupRequest':
      return channelId === undefined ? undefined : { type: 'hangup-request', atMs, channelId };
    case 'ChannelDtmfReceived': {
      const digit = asText(event['digit']);
      if (channelId === undefined || !/^[0-9A-D*#]$/.test(digit)) return undefined;
      return { type: 'dtmf', atMs, channelId, digit, durationMs: asNumber(event['duration_ms']) };
    }
    case 'Dial': {
      const peer = parseChannel(event['peer']);
      // The first Dial of a leg has an empty status: it says only that dialling began.
      return peer && { type: 'dial', atMs, channelId: peer.id, status: asText(event['dialstatus']) };
    }
    case 'PlaybackFinished': {
      const target = /^channel:(.+)$/.exec(asText(asObject(event['playback'])?.['target_uri']))?.[1];
      return target === undefined ? undefined : { type: 'playback-finished', atMs, channelId: target };
    }
    case 'ApplicationReplaced':
      return { type: 'application-replaced', atMs };
    default:
      return undefined;
  }
}

/** The channel that an event is about; `undefined` for events of the connection. */
export function channelOf(event: AriEvent): string | undefined {
  switch (event.type) {
    case 'stasis-start':
      return event.channel.id;
    case 'stasis-end':
    case 'channel-destroyed':
    case 'hangup-request':
    case 'dtmf':
    case 'dial':
    case 'playback-finished':
      return event.channelId;
    case 'connected':
    case 'disconnected':
    case 'application-replaced':
      return undefined;
  }
}

export function parseChannel(value: unknown): ChannelInfo | undefined {
  const channel = asObject(value);
  const id = asText(channel?.['id']);
  if (!channel || id === '') return undefined;
  const dialplan = asObject(channel['dialplan']);
  const createdAtWallMs = Date.parse(asText(channel['creationtime']));
  return {
    id,
    name: asText(channel['name']),
    state: asText(channel['state']),
    callerNumber: asText(asObject(channel['caller'])?.['number']),
    dialled: asText(dialplan?.['exten']),
    stasisApp: stasisAppOf(dialplan),
    createdAtWallMs: Number.isNaN(createdAtWallMs) ? 0 : createdAtWallMs,
  };
}

/** `app_data` is the application's name and then its arguments, separated by commas. */
function stasisAppOf(dialplan: Json | undefined): string | undefined {
  if (!dialplan || dialplan['app_name'] !== 'Stasis') return undefined;
  const name = asText(dialplan['app_data']).split(',')[0];
  return name === '' ? undefined : name;
}

export function parseBridge(value: unknown): BridgeInfo | undefined {
  const bridge = asObject(value);
  const id = asText(bridge?.['id']);
  if (!bridge || id === '') return undefined;
  return { id, name: asText(bridge['name']), channelIds: asArray(bridge['channels']).map(asText) };
}
