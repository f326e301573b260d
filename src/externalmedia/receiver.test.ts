import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { g711 } from './g711.js';
import { Receiver } from './receiver.js';
import type { AudioKind } from './receiver.js';

function harness() {
  const heard: { readonly kind: AudioKind; readonly samples: number }[] = [];
  const receiver = new Receiver(g711('ulaw'), (samples, _arrivalMs, kind) => {
    heard.push({ kind, samples: samples.length });
  });
  const send = (
    sequence: number,
    timestamp: number,
    atMs: number,
    more: { ssrc?: number; type?: number } = {},
  ): void => {
    const bytes = new Uint8Array(172);
    const view = new DataView(bytes.buffer);
    bytes[0] = 0x80;
    bytes[1] = more.type ?? 0;
    view.setUint16(2, sequence);
    view.setUint32(4, timestamp);
    view.setUint32(8, more.ssrc ?? 1);
    receiver.receive(bytes, atMs);
  };
  const total = (kind: AudioKind) => heard.filter((h) => h.kind === kind).reduce((sum, h) => sum + h.samples, 0);
  return { receiver, send, heard, total };
}

describe('Receiver', () => {
  test('lost packets are concealed and counted', () => {
    const { receiver, send, total } = harness();
    send(1, 0, 0);
    send(4, 480, 60);
    receiver.tick(80);
    expect([total('line'), total('concealed')]).toEqual([320, 320]);
    expect(receiver.counters()).toMatchObject({ received: 2, lost: 2, concealed: 2 });
  });

  test('a pause of the sender (a key press) becomes as much silence, once', () => {
    const { receiver, send, total } = harness();
    send(1, 0, 0);
    for (let nowMs = 20; nowMs < 220; nowMs += 20) receiver.tick(nowMs);
    expect(total('silence')).toBeGreaterThan(0);
    send(2, 11 * 160, 220);
    expect(total('silence')).toBe(1_600);
    expect(receiver.counters().lost).toBe(0);
  });

  test.each([300, 1_000, 4_000])(
    'a sender that is silent for %d ms between words (DTX) takes the time it takes',
    (restMs) => {
      const { receiver, send, heard, total } = harness();
      const wordMs = 600;
      let sequence = 0;
      for (let nowMs = 0; nowMs < 10 * (wordMs + restMs); nowMs += 20) {
        receiver.tick(nowMs);
        const inCycleMs = nowMs % (wordMs + restMs);
        if (inCycleMs < wordMs) send(++sequence, nowMs * 8, nowMs);
        // One packet of comfort noise (RFC 3389) begins the rest; its payload type was not agreed on.
        else if (inCycleMs === wordMs) send(++sequence, nowMs * 8, nowMs, { type: 13 });
      }
      const all = heard.reduce((sum, { samples }) => sum + samples, 0);
      expect(Math.abs(all / 8 - 10 * (wordMs + restMs))).toBeLessThanOrEqual(100);
      expect(total('line')).toBe(10 * wordMs * 8);
      expect(receiver.counters()).toMatchObject({ lost: 0, concealed: 0, late: 0, malformed: 10 });
      expect(receiver.counters().jitterMs).toBeLessThan(1);
    },
  );

  test('another SSRC is a new stream, without loss', () => {
    const { receiver, send, total } = harness();
    send(1, 0, 0);
    send(30_000, 99_999, 20, { ssrc: 2 });
    expect(total('line')).toBe(320);
    expect(receiver.counters()).toMatchObject({ received: 2, lost: 0, concealed: 0 });
  });

  test('an outage is counted as lost, and takes as long as it took', () => {
    const { receiver, send, heard } = harness();
    send(1, 0, 0);
    for (let nowMs = 20; nowMs <= 400; nowMs += 20) receiver.tick(nowMs);
    send(21, 20 * 160, 400);
    for (let nowMs = 420; nowMs <= 440; nowMs += 20) receiver.tick(nowMs);
    expect(heard.reduce((sum, { samples }) => sum + samples, 0)).toBe(21 * 160);
    expect(receiver.counters()).toMatchObject({ received: 2, lost: 19 });
  });

  test('duplicates and replays are no audio and hide no loss', () => {
    const { receiver, send, total } = harness();
    for (const sequence of [1, 2, 4, 4, 1, 2]) send(sequence, sequence * 160, 80);
    receiver.tick(200);
    expect(total('line')).toBe(480);
    expect(receiver.counters()).toMatchObject({ received: 6, duplicates: 3, lost: 1, late: 0, concealed: 1 });
  });

  test('timestamps that go backwards, or leap, neither add time nor count as jitter', () => {
    const { receiver, send, total } = harness();
    const timestamps = [1_000_000, 1_000_160, 500, 660, 4_000_000_000, 4_000_000_160];
    timestamps.forEach((timestamp, n) => send(n, timestamp, n * 20));
    expect([total('line'), total('silence'), total('concealed')]).toEqual([6 * 160, 0, 0]);
    expect(receiver.counters()).toMatchObject({ lost: 0, jitterMs: 0 });
  });

  test('timestamps that claim more time than has passed are not believed', () => {
    const { send, total } = harness();
    for (let n = 0; n < 50; n++) send(n, n * 8_000, n * 20);
    // 49 s claimed in 1 s: at most what passed, and 200 ms of slack, each time.
    expect(total('silence')).toBeLessThanOrEqual(49 * 8 * 220);
  });

  test('a believed jump of the sequence is a new stream', () => {
    const { receiver, send, total } = harness();
    send(1, 160, 0);
    send(9_000, 320, 20);
    send(9_001, 480, 40);
    expect(total('line')).toBe(320);
    expect(receiver.counters()).toMatchObject({ received: 2, jumps: 1, restarts: 1, lost: 0 });
  });

  test('what waits of a stream is handed on when another begins', () => {
    const { send, total } = harness();
    send(1, 160, 0);
    send(3, 480, 40);
    send(70, 5_000, 45, { ssrc: 2 });
    expect([total('line'), total('concealed')]).toEqual([480, 160]);
  });

  test.each([-200, 200])('an hour of a sender whose clock is %d ppm off is heard sample by sample', (ppm) => {
    const { receiver, send, heard } = harness();
    const packets = 3_600 * 50;
    let nextTickMs = 20;
    let samples = 0;
    for (let n = 0; n < packets; n++) {
      const atMs = n * 20 * (1 + ppm / 1e6);
      for (; nextTickMs <= atMs; nextTickMs += 20) receiver.tick(nextTickMs);
      send(n & 0xffff, (n * 160 + 4_294_000_000) >>> 0, atMs);
      for (const one of heard.splice(0)) samples += one.kind === 'line' ? one.samples : Number.NaN;
    }
    expect(samples).toBe(packets * 160);
    expect(receiver.counters()).toMatchObject({ received: packets, lost: 0, reordered: 0, concealed: 0, waitMs: 20 });
  });

  test('a flood is refused beyond twice real time', () => {
    const { receiver, send, heard } = harness();
    for (let n = 0; n < 20_000; n++) send(n & 0xffff, n * 160, n / 50);
    expect(heard.length).toBeLessThan(250);
    const { received, refused, jumps } = receiver.counters();
    expect(received + refused + jumps).toBe(20_000);
  });

  test('a payload type that was not agreed on is dropped but not lost', () => {
    const { receiver, send, total } = harness();
    send(1, 0, 0);
    send(2, 160, 20, { type: 101 });
    send(3, 320, 40);
    receiver.tick(200);
    expect(receiver.counters()).toMatchObject({ malformed: 1, lost: 0, concealed: 0 });
    expect(total('line')).toBe(320);
  });

  test('any datagrams: nothing is thrown, and what is handed on is bounded', () => {
    const datagram = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.uint8Array({ minLength: 12, maxLength: 600 }).map((bytes) => {
        bytes[0] = 0x80;
        bytes[1] = 0;
        bytes.fill(7, 8, 12);
        return bytes;
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(datagram, fc.nat(100)), { maxLength: 100 }), (datagrams) => {
        const { receiver, heard } = harness();
        let nowMs = 0;
        for (const [bytes, gapMs] of datagrams) {
          nowMs += gapMs;
          receiver.receive(bytes, nowMs);
          receiver.tick(nowMs);
        }
        const samples = heard.reduce((sum, h) => sum + h.samples, 0);
        expect(samples).toBeLessThanOrEqual(datagrams.length * (480 + 8_000 + 32 * 160));
      }),
      { numRuns: 200 },
    );
  });
});
