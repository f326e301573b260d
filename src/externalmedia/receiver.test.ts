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

  test('another SSRC is a new stream, without loss', () => {
    const { receiver, send, total } = harness();
    send(1, 0, 0);
    send(30_000, 99_999, 20, { ssrc: 2 });
    expect(total('line')).toBe(320);
    expect(receiver.counters()).toMatchObject({ received: 2, lost: 0, concealed: 0 });
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
