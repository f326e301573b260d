import { expect, test } from 'vitest';
import { ReceiverStats } from './receiver-stats.js';

test('loss follows RFC 3550 A.3, through wrap, reordering and duplicates', () => {
  const stats = new ReceiverStats();
  for (const sequence of [65_534, 65_535, 1, 0, 4]) stats.packet(sequence, sequence * 160, 0, true);
  stats.packet(4, 640, 0, false);
  expect([stats.received, stats.lost, stats.reordered]).toEqual([6, 2, 1]);
  stats.packet(2, 320, 0, true);
  expect(stats.lost).toBe(1);
});

test('a steady stream has no jitter, whatever its clock shows', () => {
  const stats = new ReceiverStats();
  for (let n = 0; n < 100; n++) stats.packet(n, (0xffff_ff00 + n * 160) >>> 0, 5e8 + n * 20, true);
  expect(stats.jitterMs).toBe(0);
});

test('packets that are late and early by 4 ms in turn have 8 ms of jitter (RFC 3550 A.8)', () => {
  const stats = new ReceiverStats();
  for (let n = 0; n < 400; n++) stats.packet(n, n * 160, n * 20 + (n % 2 ? 8 : 0), true);
  expect(stats.jitterMs).toBeCloseTo(8, 1);
});

test('a restart keeps what was lost and begins a new count', () => {
  const stats = new ReceiverStats();
  stats.packet(1, 0, 0, true);
  stats.packet(4, 480, 60, true);
  stats.restart();
  stats.packet(40_000, 9, 80, true);
  expect(stats.lost).toBe(2);
});
