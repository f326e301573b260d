import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecOf } from './codec.js';
import { l16 } from './l16.js';
import { Receiver } from './receiver.js';
import { RtpLeg } from './rtp-leg.js';
import { toSharedPcm } from './shared-pcm.js';
import { GatedDetector } from './vad/gated-detector.js';

describe('L16', () => {
  test('goes in network order over RTP, in the host’s over a websocket', () => {
    const bytes = new Uint8Array(4);
    codecOf('slin', 'rtp').encode(Int16Array.of(0x1234, -2), bytes);
    expect([...bytes]).toEqual([0x12, 0x34, 0xff, 0xfe]);
    codecOf('slin', 'websocket').encode(Int16Array.of(0x1234, -2), bytes);
    expect([...bytes]).toEqual([0x34, 0x12, 0xfe, 0xff]);
  });

  test('every sample comes back, an odd byte is left out', () => {
    fc.assert(
      fc.property(fc.int16Array({ maxLength: 480 }), fc.boolean(), (samples, isBig) => {
        const codec = l16(isBig ? 'big-endian' : 'little-endian');
        const bytes = new Uint8Array(2 * samples.length + 1);
        codec.encode(samples, bytes);
        const back = new Int16Array(480);
        expect(codec.decode(bytes, 0, bytes.length, back)).toBe(samples.length);
        expect(back.subarray(0, samples.length)).toEqual(samples);
      }),
    );
  });

  test('a leg sends packets of 320 bytes, and hears its own back as they were', () => {
    const heard: number[] = [];
    const receiver = new Receiver(codecOf('slin', 'rtp'), (samples) => heard.push(...samples));
    let nowMs = 0;
    const leg = new RtpLeg({
      codec: 'slin',
      random: () => 0.5,
      createVad: (history, onWindow) => new GatedDetector(history, undefined, onWindow),
      emit: () => undefined,
      nowMs: () => nowMs,
      send: (datagram) => {
        expect([datagram.length, datagram[1] ? datagram[1] & 0x7f : 0]).toEqual([332, 10]);
        receiver.receive(datagram, nowMs);
      },
    });
    leg.connect({ host: '127.0.0.1', port: 4_000 });
    const prompt = Int16Array.from({ length: 480 }, (_, n) => 20 * n - 4_000);
    leg.media.play('p', toSharedPcm(prompt).samples, true);
    for (; nowMs < 100; nowMs += 20) leg.tick(1, 0);
    expect(heard).toEqual([...prompt, ...Array<number>(320).fill(0)]);
  });
});
