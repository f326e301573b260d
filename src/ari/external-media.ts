import type { Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import type { Clock } from '../kernel/clock.js';
import { asObject, asText } from './messages.js';
import type { AriEvent, ExternalMediaOptions, MediaAddress, StagedExternalMedia } from './port.js';
import { AriRefusal, type AriRest } from './rest.js';

export interface StagingContext {
  readonly app: string;
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
  let running: Promise<{ readonly local: MediaAddress }> | undefined;
  return {
    channelId: options.channelId,
    execute: () => (running ??= execute(context, options)),
  };
}

async function execute(
  context: StagingContext,
  options: ExternalMediaOptions,
): Promise<{ readonly local: MediaAddress }> {
  const { channelId } = options;
  const started = waitForStasisStart(context, channelId);
  try {
    const [reply] = await Promise.all([
      context.rest.ask('channels.externalMedia', channelId, {
        app: context.app,
        channelId,
        external_host: `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`,
        encapsulation: 'rtp',
        transport: 'udp',
        connection_type: 'client',
        direction: 'both',
        format: options.format,
      }),
      started.promise,
    ]);
    return { local: localAddress(reply, channelId) };
  } catch (error) {
    // Not awaited: the caller waits for media, and a sweep finds what a lost request leaves.
    if (!wasRefused(error)) void context.hangup(channelId).catch(() => undefined);
    throw error;
  } finally {
    started.cancel();
  }
}

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

/** Asterisk tells its own end in the variables of the reply. */
function localAddress(reply: unknown, channelId: string): MediaAddress {
  const variables = asObject(asObject(reply)?.['channelvars']);
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
