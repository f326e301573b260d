import { expect, test } from 'vitest';
import { EnergyGate, levelDb } from './energy-gate.js';
import { VAD_BLOCK_SAMPLES } from './port.js';

/** A square wave at a level in dBFS. */
function block(db: number): Int16Array {
  const level = Math.round(32_768 * 10 ** (db / 20));
  return Int16Array.from({ length: VAD_BLOCK_SAMPLES }, (_, i) => (i % 2 ? level : -level));
}
function feed(gate: EnergyGate, db: number, ms: number): number {
  let open = 0;
  for (let n = 0; n < ms / 8; n++) if (gate.push(block(db))) open++;
  return (open * 8) / ms;
}

test('measures levels', () => {
  expect(levelDb(block(-20))).toBeCloseTo(-20, 1);
  expect(levelDb(new Int16Array(64))).toBe(-90);
});

test('opens for speech above steady noise, and not for the noise', () => {
  const gate = new EnergyGate();
  feed(gate, -45, 2_000);
  expect(feed(gate, -45, 1_000)).toBe(0);
  expect(feed(gate, -25, 400)).toBe(1);
  expect(feed(gate, -45, 400)).toBe(0);
});

test('follows a rise of the noise within two seconds', () => {
  const gate = new EnergyGate();
  feed(gate, -60, 2_000);
  feed(gate, -40, 2_000);
  expect(feed(gate, -40, 500)).toBe(0);
  expect(feed(gate, -20, 200)).toBe(1);
});

test('steady loud speech never hides itself', () => {
  const gate = new EnergyGate();
  feed(gate, -12, 10_000);
  expect(feed(gate, -12, 1_000)).toBe(1);
});

test('on a silent line a whisper of noise is not voice', () => {
  const gate = new EnergyGate();
  feed(gate, -90, 2_000);
  expect(feed(gate, -56, 500)).toBe(0);
});

test('breath far below the voice is not voice', () => {
  const gate = new EnergyGate();
  feed(gate, -80, 2_000);
  feed(gate, -15, 1_000);
  expect(feed(gate, -48, 200)).toBe(0);
});
