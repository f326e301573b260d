import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { g711 } from './g711.js';
import { RtpLeg } from './rtp-leg.js';
import { Receiver } from './receiver.js';
import { createRtpView, parseRtp } from './rtp.js';
import { GatedDetector } from './vad/gated-detector.js';

/** Bounded within `npm test`; `npm run fuzz` asks for more. */
const runs = Number(process.env['HANDRAIL_FUZZ_RUNS'] ?? 150);
const timeoutMs = 10_000 + 20 * runs;

/** What a sender that means harm, or is broken, does next. */
const datagram = fc.oneof(
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 600 }) },
  // A sound fixed header before anything: every combination of padding, extension and CSRC count, with absurd lengths.
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.nat(63), fc.nat(255), fc.uint8Array({ minLength: 10, maxLength: 700 }))
      .map(([flags, second, rest]) => Uint8Array.from([0x80 | flags, second, ...rest])),
  },
  // RTP as agreed on, but any sequence number, timestamp, SSRC and length.
  {
    weight: 8,
    arbitrary: fc
      .record({
        sequence: fc.oneof(fc.nat(200), fc.nat(0xffff)),
        timestamp: fc.oneof(fc.nat(64_000), fc.nat(0xffff_ffff)),
        ssrc: fc.oneof({ weight: 9, arbitrary: fc.constant(7) }, { weight: 1, arbitrary: fc.nat(0xffff_ffff) }),
        payload: fc.oneof({ weight: 5, arbitrary: fc.constant(160) }, fc.nat(1_400)),
      })
      .map(({ sequence, timestamp, ssrc, payload }) => packet(sequence, timestamp, ssrc, payload)),
  },
);

function packet(sequence: number, timestamp: number, ssrc: number, payload: number): Uint8Array {
  const bytes = new Uint8Array(12 + payload);
  const header = new DataView(bytes.buffer);
  bytes[0] = 0x80;
  header.setUint16(2, sequence);
  header.setUint32(4, timestamp >>> 0);
  header.setUint32(8, ssrc >>> 0);
  for (let i = 12; i < bytes.length; i++) bytes[i] = (i * sequence) & 255;
  return bytes;
}

const traffic = fc.array(fc.tuple(datagram, fc.oneof(fc.nat(3), fc.nat(100), fc.nat(5_000))), { maxLength: 150 });

describe('hostile input', () => {
  test(
    'the parser: any bytes, nothing thrown, the payload lies within',
    () => {
      const view = createRtpView();
      fc.assert(
        fc.property(datagram, (bytes) => {
          if (parseRtp(bytes, view) !== undefined) return;
          expect(view.payloadStart).toBeGreaterThanOrEqual(12);
          expect(view.payloadEnd).toBeGreaterThanOrEqual(view.payloadStart);
          expect(view.payloadEnd).toBeLessThanOrEqual(bytes.length);
        }),
        { numRuns: 5 * runs },
      );
    },
    timeoutMs,
  );

  test('the parser: a sound packet cut off anywhere is a fault or a shorter payload', () => {
    const view = createRtpView();
    const whole = new Uint8Array(12 + 4 * 15 + 4 + 4 * 3 + 160);
    whole.set([0x80 | 0x10 | 15, 0]);
    whole.set([0, 0, 0, 3], 12 + 60);
    for (let length = 0; length <= whole.length; length++) {
      const fault = parseRtp(whole.subarray(0, length), view);
      expect(fault === undefined).toBe(length >= whole.length - 160);
    }
  });

  test.each([0x80, 0x90, 0xa0, 0xbf])('a datagram of 64 KiB (first byte %i) is dropped', (first) => {
    const heard: number[] = [];
    const receiver = new Receiver(g711('ulaw'), (samples) => heard.push(samples.length));
    for (const fill of [0, 1, 255])
      receiver.receive(new Uint8Array(65_507).fill(fill).fill(first, 0, 1).fill(0, 1, 2), 0);
    expect(heard.every((samples) => samples <= 480)).toBe(true);
  });

  test(
    'the receiver: any traffic is survived, and makes no more audio than time allows',
    () => {
      fc.assert(
        fc.property(traffic, (datagrams) => {
          let samples = 0;
          const receiver = new Receiver(g711('ulaw'), (audio) => (samples += audio.length));
          let nowMs = 0;
          for (const [bytes, gapMs] of datagrams) {
            nowMs += gapMs;
            receiver.receive(bytes, nowMs);
            receiver.tick(nowMs);
          }
          const counters = receiver.counters();
          for (const value of Object.values(counters)) expect(value).toBeGreaterThanOrEqual(0);
          expect(counters.received + counters.refused + counters.jumps).toBeLessThanOrEqual(datagrams.length);
          // Each kind of audio has its own bound: what was sent, what the clock allows, and 200 ms of slack a packet.
          expect(samples).toBeLessThanOrEqual(datagrams.length * (480 + 2 * 1_600) + 3 * nowMs * 8);
        }),
        { numRuns: runs },
      );
    },
    timeoutMs,
  );

  test(
    'the leg: whatever comes, one packet leaves every 20 ms',
    () => {
      fc.assert(
        fc.property(fc.array(datagram, { maxLength: 100 }), (datagrams) => {
          let nowMs = 0;
          let sent = 0;
          const leg = new RtpLeg({
            codec: 'ulaw',
            random: () => 0.3,
            createVad: (history, onWindow) => new GatedDetector(history, undefined, onWindow),
            emit: () => undefined,
            send: () => sent++,
            nowMs: () => nowMs,
          });
          leg.connect({ host: '127.0.0.1', port: 4_000 });
          leg.media.listen({ turnId: 't' });
          for (const bytes of datagrams) {
            leg.receive(bytes, nowMs);
            nowMs += 20;
            leg.tick(1, 0);
          }
          expect(sent).toBe(datagrams.length);
        }),
        { numRuns: runs },
      );
    },
    timeoutMs,
  );

  test('a sender that stops, comes back, doubles its rate and halves it', () => {
    let samples = 0;
    const receiver = new Receiver(g711('ulaw'), (audio) => (samples += audio.length));
    let sequence = 0;
    let nowMs = 0;
    const run = (ms: number, everyMs: number): void => {
      for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 10) {
        if (nowMs % everyMs === 0) receiver.receive(packet(++sequence & 0xffff, sequence * 160, 7, 160), nowMs);
        receiver.tick(nowMs);
      }
    };
    run(2_000, 20);
    expect(samples).toBe(100 * 160);
    run(10_000, 100_000);
    run(2_000, 20);
    run(10_000, 10);
    expect(receiver.counters()).toMatchObject({ lost: 0, refused: 0, concealed: 0 });
    run(10_000, 40);
    expect(receiver.counters()).toMatchObject({ lost: 0, refused: 0, concealed: 0 });
  });
});
