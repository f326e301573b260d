import { g711 } from '../src/externalmedia/g711.js';
import { FRAME_MS, FRAME_SAMPLES } from '../src/externalmedia/port.js';
import { Receiver } from '../src/externalmedia/receiver.js';
import { RTP_HEADER_BYTES } from '../src/externalmedia/rtp.js';
import { systemClock } from '../src/kernel/clock.js';

const BATCH = 5_000;
/** That the heap is looked at for. */
const BATCHES = 50;

export interface PacketFigures {
  readonly perSecond: number;
  /** What is allocated for a packet, kept or not: the median over batches, for in some of them the garbage is taken away. */
  readonly heapBytesPerPacket: number;
}

/** Parse, buffer, decode and remember for concealment: the way of a packet of a good line, on this thread, for `ms`. */
export function measurePackets(ms: number): PacketFigures {
  const receiver = new Receiver(g711('ulaw'), () => undefined);
  const packet = Uint8Array.from({ length: RTP_HEADER_BYTES + FRAME_SAMPLES }, (_, i) => (i * 37) & 0xff);
  const header = new DataView(packet.buffer);
  header.setUint16(0, 0x8000);
  let sequence = 0;
  const batch = (): void => {
    for (let n = 0; n < BATCH; n++) {
      sequence++;
      header.setUint16(2, sequence & 0xffff);
      header.setUint32(4, (sequence * FRAME_SAMPLES) >>> 0);
      receiver.receive(packet, sequence * FRAME_MS);
    }
  };
  for (let n = 0; n < 10; n++) batch();

  const growths: number[] = [];
  for (let n = 0; n < BATCHES; n++) {
    const before = process.memoryUsage().heapUsed;
    batch();
    growths.push(process.memoryUsage().heapUsed - before);
  }
  const growth = growths.sort((a, b) => a - b)[BATCHES / 2] ?? 0;

  const fromMs = systemClock.nowMs();
  let packets = 0;
  let passedMs = 0;
  for (; passedMs < ms; passedMs = systemClock.nowMs() - fromMs) {
    batch();
    packets += BATCH;
  }
  return { perSecond: (1_000 * packets) / passedMs, heapBytesPerPacket: growth / BATCH };
}
