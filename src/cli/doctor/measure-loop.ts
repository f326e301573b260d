import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { bridgeId, mediaChannelId } from '../../ari/ids.js';
import type { AriPort } from '../../ari/port.js';
import { codecOf } from '../../externalmedia/codec.js';
import { FRAME_MS, type MediaCodec } from '../../externalmedia/port.js';
import { sleep, type Clock } from '../../kernel/clock.js';
import { Distribution } from '../../sip-caller/index.js';
import { LOOP_FRAMES, WayWatch, type LoopReport } from './audio-loop.js';
import { bindMedia, openMediaEnd, type MediaEnd } from './media-end.js';

export interface LoopOptions {
  readonly ari: AriPort;
  /** Our address, as `media.host`. */
  readonly host: string;
  readonly codec: MediaCodec;
  readonly clock: Clock;
}

/** What was sent last may still be on its way. */
const LINGER_MS = 250;
/** Both ends of Asterisk must have learned where to send before it counts. */
const WARM_UP_FRAMES = 10;

/**
 * Two external media channels in one bridge, and 2 s of marked audio both ways at once. Needs no dialplan and no
 * telephone; whatever happens, channels, bridge and sockets are gone afterwards.
 *
 * @throws HandrailError of ARI, or HR_MEDIA_FAILED when `host` is no address of this machine
 */
export async function measureLoop(options: LoopOptions): Promise<LoopReport> {
  const { ari, clock, codec, host } = options;
  const id = `doctor-${randomUUID()}`;
  const bridge = bridgeId(id);
  const channels = [mediaChannelId(`${id}-a`), mediaChannelId(`${id}-b`)] as const;
  const sockets = await bindBoth(host);
  try {
    await ari.createBridge(bridge, 'audio check');
    const open = (index: 0 | 1): Promise<MediaEnd> =>
      openMediaEnd({ ari, channelId: channels[index], socket: sockets[index], host, codec });
    const ends = [await open(0), await open(1)] as const;
    for (const channel of channels) await ari.addToBridge(bridge, channel);
    return await sendBothWays(ends, options);
  } finally {
    await Promise.allSettled(channels.map((channel) => ari.hangup(channel)));
    await ari.destroyBridge(bridge).catch(() => undefined);
    for (const socket of sockets) socket.close();
    // Channels that are hung up leave the application a moment later.
    await sleep(clock, LINGER_MS);
  }
}

async function sendBothWays(ends: readonly [MediaEnd, MediaEnd], options: LoopOptions): Promise<LoopReport> {
  const { clock, codec, host } = options;
  const ways = [new WayWatch(), new WayWatch()] as const;
  const lateness = new Distribution();
  ends[1].socket.on('message', (datagram) => ways[0].arrived(datagram, clock.nowMs()));
  ends[0].socket.on('message', (datagram) => ways[1].arrived(datagram, clock.nowMs()));
  const startMs = clock.nowMs();
  for (let frame = -WARM_UP_FRAMES; frame < LOOP_FRAMES; frame++) {
    const dueMs = startMs + (frame + WARM_UP_FRAMES) * FRAME_MS;
    await sleep(clock, dueMs - clock.nowMs());
    lateness.add(Math.max(0, clock.nowMs() - dueMs));
    for (const [index, { socket, writer, remote }] of ends.entries()) {
      const { bytes, payload } = writer.next(frame === -WARM_UP_FRAMES);
      payload.fill(frame < 0 ? codecOf(codec, 'rtp').silence : frame);
      if (frame >= 0) ways[index]?.sent(frame, clock.nowMs());
      socket.send(bytes, remote.port, remote.host);
    }
  }
  await sleep(clock, LINGER_MS);
  return {
    ways: [ways[0].report(), ways[1].report()],
    latenessP99Ms: lateness.percentile(0.99),
    ownHost: host,
    codec,
  };
}

async function bindBoth(host: string): Promise<readonly [Socket, Socket]> {
  const first = await bindMedia(host);
  try {
    return [first, await bindMedia(host)];
  } catch (error) {
    first.close();
    throw error;
  }
}
