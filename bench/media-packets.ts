import { g711 } from '../src/externalmedia/g711.js';
import { FRAME_MS, FRAME_SAMPLES } from '../src/externalmedia/port.js';
import { Receiver } from '../src/externalmedia/receiver.js';
import { RTP_HEADER_BYTES } from '../src/externalmedia/rtp.js';
import { systemClock } from '../src/kernel/clock.js';

const BATCH = 5_000;

export interface PacketFigures {
  readonly perSecond: number;
  /** Growth of the heap: 0 when nothing is allocated for a packet (less than a byte is the noise of the measurement). */
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

  const heapBefore = process.memoryUsage().heapUsed;
  const fromMs = systemClock.nowMs();
  let packets = 0;
  let passedMs = 0;
  for (; passedMs < ms; passedMs = systemClock.nowMs() - fromMs) {
    batch();
    packets += BATCH;
  }
  const heapGrowth = process.memoryUsage().heapUsed - heapBefore;
  return { perSecond: (1_000 * packets) / passedMs, heapBytesPerPacket: Math.max(0, heapGrowth / packets) };
}
