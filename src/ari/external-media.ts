import type { Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import type { Clock } from '../kernel/clock.js';
import type { AriAddress } from './address.js';
import { asObject, asText } from './messages.js';
import type {
  AriEvent,
  ExternalMediaOptions,
  MadeExternalMedia,
  MediaAddress,
  StagedExternalMedia,
  WebsocketAddress,
} from './port.js';
import { AriRefusal, type AriRest } from './rest.js';

export interface StagingContext {
  readonly app: string;
  /** Asterisk's HTTP server. */
  readonly address: Pick<AriAddress, 'baseUrl' | 'ca'>;
  readonly rest: AriRest;
  readonly clock: Clock;
  onChannel(channelId: string, listener: (event: AriEvent) => void): Unsubscribe;
  hangup(channelId: string): Promise<void>;
}

/**
 * Listens for the media channel's StasisStart, then asks for the channel, then waits for both. A channel that is added to a
 * bridge between the reply and its StasisStart is refused (422, one call in eight at 10 calls a second).
 * Whatever goes wrong, no media channel is left behind.
 */
export function stageExternalMedia(context: StagingContext, options: ExternalMediaOptions): StagedExternalMedia {
  let running: Promise<MadeExternalMedia> | undefined;
  return {
    channelId: options.channelId,
    execute: () => (running ??= execute(context, options)),
  };
}

async function execute(context: StagingContext, options: ExternalMediaOptions): Promise<MadeExternalMedia> {
  const { channelId, rtpTo } = options;
  const start = waitForStasisStart(context, channelId);
  // Not awaited: the caller waits for media, and a sweep finds what a lost request leaves.
  const remove = (): void => void context.hangup(channelId).catch(() => undefined);
  try {
    const reply = await context.rest.ask('channels.externalMedia', channelId, {
      app: context.app,
      channelId,
      format: options.format,
      direction: 'both',
      ...(rtpTo ? rtpParameters(rtpTo) : websocketParameters),
    });
    const variables = asObject(asObject(reply)?.['channelvars']);
    const local = rtpTo ? rtpEnd(variables, channelId) : websocketEnd(variables, channelId, context.address);
    const started = start.promise
      .catch((error: unknown) => {
        remove();
        throw error;
      })
      .finally(start.cancel);
    // Whoever was told of the channel may have no use for it any more.
    started.catch(() => undefined);
    return { local, started };
  } catch (error) {
    start.cancel();
    if (!wasRefused(error)) remove();
    throw error;
  }
}

function rtpParameters({ host, port }: MediaAddress) {
  return {
    external_host: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    encapsulation: 'rtp',
    transport: 'udp',
    connection_type: 'client',
  } as const;
}

/** Asterisk waits for our connection; `f(json)`: the form of its text messages that is not deprecated. */
const websocketParameters = {
  external_host: 'INCOMING',
  encapsulation: 'none',
  transport: 'websocket',
  connection_type: 'server',
  transport_data: 'f(json)',
} as const;

/** Asterisk made no channel: the name may even be that of another channel, which must live on. */
function wasRefused(error: unknown): boolean {
  const refusal = error instanceof HandrailError ? error.cause : undefined;
  return refusal instanceof AriRefusal && refusal.status !== 0;
}

function waitForStasisStart(context: StagingContext, channelId: string): { promise: Promise<void>; cancel(): void } {
  const undo: (() => void)[] = [];
  const promise = new Promise<void>((resolve, reject) => {
    undo.push(
      context.onChannel(channelId, (event) => {
        if (event.type === 'stasis-start') resolve();
        if (event.type === 'channel-destroyed' || event.type === 'stasis-end') {
          reject(new HandrailError('HR_CALL_GONE', `media channel ${channelId} ended before it started`));
        }
      }),
      // Twice the time of a request: the request itself may take one, and its own error says more.
      context.clock.after(2 * context.rest.timeoutMs, () => {
        reject(new HandrailError('HR_ARI_TIMEOUT', `channels.externalMedia of ${channelId}: no StasisStart`));
      }),
    );
  });
  return { promise, cancel: () => undo.forEach((step) => step()) };
}

type Variables = Readonly<Record<string, unknown>> | undefined;

/** Asterisk tells its own end in the variables of the reply. */
function rtpEnd(variables: Variables, channelId: string): MediaAddress {
  const host = asText(variables?.['UNICASTRTP_LOCAL_ADDRESS']);
  const port = Number(asText(variables?.['UNICASTRTP_LOCAL_PORT']));
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new HandrailError(
      'HR_ARI_REQUEST',
      `channels.externalMedia of ${channelId}: no UNICASTRTP_LOCAL_ADDRESS and _PORT in the reply`,
    );
  }
  return { host, port };
}

function websocketEnd(
  variables: Variables,
  channelId: string,
  { baseUrl, ca }: StagingContext['address'],
): WebsocketAddress {
  const connection = asText(variables?.['MEDIA_WEBSOCKET_CONNECTION_ID']);
  if (!/^[\w-]+$/.test(connection)) {
    throw new HandrailError(
      'HR_ARI_REQUEST',
      `channels.externalMedia of ${channelId}: no MEDIA_WEBSOCKET_CONNECTION_ID in the reply`,
    );
  }
  return { url: `${baseUrl.replace(/^http/, 'ws')}/media/${connection}`, ca };
}
