import { randomUUID } from 'node:crypto';
import { bridgeId, mediaChannelId } from '../../ari/ids.js';
import type { AriPort } from '../../ari/port.js';
import { codecOf } from '../../externalmedia/codec.js';
import { FRAME_MS, type MediaCodec, type MediaTransport } from '../../externalmedia/port.js';
import { sleep, type Clock } from '../../kernel/clock.js';
import { Distribution } from '../../sip-caller/index.js';
import { LOOP_FRAMES, WayWatch, type LoopReport } from './audio-loop.js';
import { frameBytes, openMediaEnd, type MediaEnd } from './media-end.js';

export interface LoopOptions {
  readonly ari: AriPort;
  /** Our address, as `media.host`. */
  readonly host: string;
  readonly codec: MediaCodec;
  readonly transport: MediaTransport;
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
  const { ari, clock } = options;
  const id = `doctor-${randomUUID()}`;
  const bridge = bridgeId(id);
  const channels = [mediaChannelId(`${id}-a`), mediaChannelId(`${id}-b`)] as const;
  const opened: MediaEnd[] = [];
  try {
    await ari.createBridge(bridge, 'audio check');
    const open = async (channelId: string): Promise<MediaEnd> => {
      const end = await openMediaEnd({ ...options, channelId });
      opened.push(end);
      return end;
    };
    const ends = [await open(channels[0]), await open(channels[1])] as const;
    for (const channel of channels) await ari.addToBridge(bridge, channel);
    return await sendBothWays(ends, options);
  } finally {
    await Promise.allSettled(channels.map((channel) => ari.hangup(channel)));
    await ari.destroyBridge(bridge).catch(() => undefined);
    for (const end of opened) end.close();
    // Channels that are hung up leave the application a moment later.
    await sleep(clock, LINGER_MS);
  }
}

async function sendBothWays(ends: readonly [MediaEnd, MediaEnd], options: LoopOptions): Promise<LoopReport> {
  const { clock, codec, transport, host } = options;
  const ways = [new WayWatch(), new WayWatch()] as const;
  const lateness = new Distribution();
  ends[1].listen((payload) => ways[0].arrived(payload, clock.nowMs()));
  ends[0].listen((payload) => ways[1].arrived(payload, clock.nowMs()));
  const startMs = clock.nowMs();
  for (let frame = -WARM_UP_FRAMES; frame < LOOP_FRAMES; frame++) {
    const dueMs = startMs + (frame + WARM_UP_FRAMES) * FRAME_MS;
    await sleep(clock, dueMs - clock.nowMs());
    lateness.add(Math.max(0, clock.nowMs() - dueMs));
    const payload = new Uint8Array(frameBytes(codec)).fill(frame < 0 ? codecOf(codec, transport).silence : frame);
    for (const [index, end] of ends.entries()) {
      if (frame >= 0) ways[index]?.sent(frame, clock.nowMs());
      end.send(payload);
    }
  }
  await sleep(clock, LINGER_MS);
  return {
    ways: [ways[0].report(), ways[1].report()],
    latenessP99Ms: lateness.percentile(0.99),
    ownHost: host,
    codec,
    transport,
  };
}
