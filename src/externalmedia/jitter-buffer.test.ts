import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JitterBuffer } from './jitter-buffer.js';

/** What came out: sequence numbers (sent as the timestamp), and `-n` for n lost. */
function harness(options = {}) {
  const out: number[] = [];
  const buffer = new JitterBuffer(
    {
      packet: (bytes, start, end, timestamp) => {
        expect([...bytes.subarray(start, end)]).toEqual([timestamp & 255]);
        out.push(timestamp);
      },
      lost: (count) => out.push(-count),
    },
    options,
  );
  const push = (sequence: number, atMs: number) =>
    buffer.push(sequence & 0xffff, sequence, Uint8Array.of(9, sequence & 255, 9), 1, 2, atMs, 0);
  return { buffer, out, push };
}

describe('JitterBuffer', () => {
  test('hands packets in order on at once', () => {
    const { out, push } = harness();
    for (const n of [10, 11, 12]) expect(push(n, n * 20)).toBe('taken');
    expect(out).toEqual([10, 11, 12]);
  });

  test('reorders across the wrap', () => {
    const { out, push } = harness();
    for (const n of [65_534, 65_537, 65_536, 65_535, 65_538]) push(n, 0);
    expect(out).toEqual([65_534, 65_535, 65_536, 65_537, 65_538]);
  });

  test('gives up a missing packet after the wait, and drops it when it comes too late', () => {
    const { buffer, out, push } = harness();
    push(1, 0);
    push(3, 40);
    buffer.tick(59, 0);
    expect(out).toEqual([1]);
    buffer.tick(60, 0);
    expect(out).toEqual([1, -1, 3]);
    expect(push(2, 70)).toBe('late');
    expect(out).toEqual([1, -1, 3]);
  });

  test('learns from late packets to wait longer, within the bound', () => {
    const { buffer, push } = harness();
    push(1, 0);
    push(3, 40);
    buffer.tick(60, 0);
    push(2, 100);
    expect(buffer.waitMs(0)).toBeGreaterThan(60);
    expect(buffer.waitMs(1_000)).toBe(120);
  });

  test('drops duplicates, waiting or handed on, and tells them from late ones', () => {
    const { buffer, out, push } = harness();
    push(1, 0);
    push(3, 5);
    expect(push(3, 6)).toBe('duplicate');
    expect(push(1, 6)).toBe('duplicate');
    push(2, 7);
    push(5, 8);
    buffer.tick(100, 0);
    expect(push(4, 101)).toBe('late');
    expect(push(4, 102)).toBe('duplicate');
    expect(out).toEqual([1, 2, 3, -1, 5]);
  });

  test('a replay of the last second gives nothing', () => {
    const { out, push } = harness();
    for (let n = 65_500; n < 65_600; n++) push(n, n * 20);
    for (let n = 65_500; n < 65_600; n++) expect(push(n, 65_600 * 20)).toBe('duplicate');
    expect(out).toHaveLength(100);
  });

  test('hands on what waits when the stream ends, and takes any sequence number after it', () => {
    const { buffer, out, push } = harness();
    push(1, 0);
    push(3, 5);
    push(6, 6);
    buffer.flush(7);
    expect(push(3, 8)).toBe('taken');
    expect(out).toEqual([1, -1, 3, -2, 6, 3]);
  });

  test('believes a jump when two packets in sequence say so', () => {
    const { out, push } = harness();
    push(1, 0);
    expect(push(5_000, 20)).toBe('jump');
    expect(push(2, 25)).toBe('taken');
    expect(push(9_000, 30)).toBe('jump');
    expect(push(9_001, 40)).toBe('restarted');
    expect(out).toEqual([1, 2, 9_001]);
  });

  test('any order, loss and duplication: out comes each at most once, in order, and all is accounted for', () => {
    const arrivals = fc.array(fc.record({ delayMs: fc.nat(90), lost: fc.boolean(), twice: fc.boolean() }), {
      minLength: 1,
      maxLength: 120,
    });
    fc.assert(
      fc.property(arrivals, (packets) => {
        const { buffer, out, push } = harness();
        const events = packets
          .flatMap(({ delayMs, lost, twice }, index) => {
            const first = index === 0;
            if (lost && !first) return [];
            const atMs = index * 20 + (first ? 0 : delayMs);
            const sequence = 65_500 + index;
            return twice
              ? [
                  { sequence, atMs },
                  { sequence, atMs: atMs + 15 },
                ]
              : [{ sequence, atMs }];
          })
          .sort((a, b) => a.atMs - b.atMs);
        for (const { sequence, atMs } of events) {
          push(sequence, atMs);
          buffer.tick(atMs + 1, 0);
        }
        buffer.tick(1e6, 0);
        let next = 65_500;
        for (const item of out) {
          if (item < 0) next -= item;
          else expect(item).toBe(next++);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('any packets at all: nothing is thrown and nothing grows', () => {
    const wild = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(500), fc.nat(600)), { maxLength: 300 });
    fc.assert(
      fc.property(wild, (packets) => {
        let handedOn = 0;
        const buffer = new JitterBuffer({ packet: () => handedOn++, lost: () => undefined });
        let nowMs = 0;
        for (const [sequence, gapMs, size] of packets) {
          nowMs += gapMs;
          buffer.push(sequence, sequence * 160, new Uint8Array(size), 0, size, nowMs, 5);
        }
        expect(handedOn).toBeLessThanOrEqual(packets.length);
      }),
    );
  });
});
