import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RtpReceiver } from './rtp-receiver.js';

function packet(sequence: number, type = 0, ssrc = 7): Buffer {
  const bytes = Buffer.alloc(172, 0x20);
  bytes[0] = 0x80;
  bytes[1] = type;
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(ssrc, 8);
  return bytes;
}

describe('RTP receiver', () => {
  it('counts losses over the wrap, late packets and a new source', () => {
    const receiver = new RtpReceiver(new FakeClock());
    for (const sequence of [65_534, 65_535, 2, 1]) receiver.take(packet(sequence));
    expect(receiver.stats).toEqual({ received: 4, lost: 1, reordered: 1, ignored: 0 });
    receiver.take(packet(40_000, 8, 9));
    expect(receiver.stats).toMatchObject({ received: 5, lost: 1 });
  });

  it('records at the arrival, and ignores RTCP, events and noise', () => {
    const clock = new FakeClock();
    const receiver = new RtpReceiver(clock);
    clock.advance(33);
    receiver.take(packet(1));
    receiver.take(packet(2, 200));
    receiver.take(packet(3, 101));
    receiver.take(Buffer.from('x'));
    expect(receiver.stats.ignored).toBe(3);
    expect(receiver.heard.frames.map(({ atMs, samples }) => [atMs, samples.length])).toEqual([[33, 160]]);
  });
});
