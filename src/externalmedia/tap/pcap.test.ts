import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { g711 } from '../g711.js';
import { Receiver } from '../receiver.js';
import type { CapturedDatagram } from './pcap.js';
import { pcapFileHeader, pcapRecord, readPcap } from './pcap.js';

const asterisk = { host: '127.0.0.1', port: 18_000 };
const leg = { host: '127.0.0.2', port: 40_002 };

function capture(datagrams: readonly CapturedDatagram[]): Uint8Array {
  return Uint8Array.from([pcapFileHeader(), ...datagrams.map(pcapRecord)].flatMap((bytes) => [...bytes]));
}

function rtp(sequence: number, atMs: number): CapturedDatagram {
  const payload = new Uint8Array(172).fill(0xff);
  payload.set([0x80, 0, sequence >> 8, sequence & 255, 0, 0, (sequence * 160) >> 8, (sequence * 160) & 255]);
  return { atMs, source: asterisk, destination: leg, payload };
}

describe('pcap', () => {
  test('what is written is read again, to the microsecond', () => {
    const datagrams = [
      rtp(1, 1_700_000_000_123.456),
      { ...rtp(2, 1_700_000_000_143), source: leg, destination: asterisk },
    ];
    const read = readPcap(capture(datagrams));
    expect(read).toMatchObject(datagrams.map(({ source, destination, payload }) => ({ source, destination, payload })));
    expect(read?.[0]?.atMs).toBeCloseTo(1_700_000_000_123.456, 2);
  });

  test('a capture is replayed through the buffer as it came: reordered, doubled, lost', () => {
    const order = [1, 2, 4, 3, 5, 5, 7, 8, 9, 10];
    const file = capture(order.map((sequence, n) => rtp(sequence, 1_000 + 20 * n - (sequence === 3 ? 10 : 0))));
    const kinds: string[] = [];
    const receiver = new Receiver(g711('ulaw'), (_samples, _atMs, kind) => kinds.push(kind));
    for (const { atMs, payload, destination } of readPcap(file) ?? []) {
      if (destination.port !== leg.port) continue;
      receiver.tick(atMs);
      receiver.receive(payload, atMs);
    }
    receiver.tick(1_400);
    expect(receiver.counters()).toMatchObject({ received: 10, reordered: 1, duplicates: 1, lost: 1, concealed: 1 });
    expect(kinds.filter((kind) => kind === 'line')).toHaveLength(9);
  });

  test('Ethernet and big-endian captures are read', () => {
    const record = pcapRecord(rtp(9, 5_000)).subarray(16);
    const file = new DataView(new ArrayBuffer(24 + 16 + 14 + record.length));
    file.setUint32(0, 0xa1b23c4d);
    file.setUint32(20, 1);
    file.setUint32(24, 5);
    file.setUint32(28, 250_000_000);
    file.setUint32(32, 14 + record.length);
    const bytes = new Uint8Array(file.buffer);
    bytes.set(record, 24 + 16 + 14);
    expect(readPcap(bytes)).toMatchObject([{ atMs: 5_250, source: asterisk, destination: leg }]);
  });

  test('any bytes: nothing is thrown', () => {
    const whole = capture([rtp(1, 0), rtp(2, 20)]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice(0, length);
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          expect(readPcap(bytes)?.length ?? 0).toBeLessThanOrEqual(2);
        },
      ),
    );
    expect(readPcap(new Uint8Array(24))).toBeUndefined();
  });
});
