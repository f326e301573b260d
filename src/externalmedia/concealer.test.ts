import { describe, expect, test } from 'vitest';
import { LossConcealer } from './concealer.js';
import { levelDb } from './vad/energy-gate.js';
import { FRAME_SAMPLES } from './port.js';

const sine =
  (hz: number, level = 8_000) =>
  (n: number) =>
    level * Math.sin((2 * Math.PI * hz * n) / 8_000);

/** Hears `good` frames of a signal, then conceals `lost`. */
function conceal(signal: (n: number) => number, good: number, lost: number) {
  const concealer = new LossConcealer();
  let n = 0;
  const frame = () => Int16Array.from({ length: FRAME_SAMPLES }, () => signal(n++));
  for (let i = 0; i < good; i++) concealer.good(frame());
  const made = new Int16Array(lost * FRAME_SAMPLES);
  for (let i = 0; i < lost; i++) concealer.conceal(made.subarray(i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES));
  const truth = Int16Array.from({ length: made.length }, (_, i) => signal(n + i));
  return { concealer, made, truth, next: () => ((n += made.length), frame()), last: signal(n - 1) };
}

function snrDb(truth: Int16Array, made: Int16Array): number {
  let signal = 0;
  let noise = 0;
  truth.forEach((value, i) => {
    signal += value * value;
    noise += (value - (made[i] ?? 0)) ** 2;
  });
  return 10 * Math.log10(signal / Math.max(noise, 1));
}

/** Something like a vowel: a pulse train of 125 Hz through three formants, slowly changing pitch. */
function vowel(): (n: number) => number {
  let phase = 0;
  const resonators = [400, 800, 1_300].map((hz) => ({ hz, y1: 0, y2: 0 }));
  const out: number[] = [];
  return (n) => {
    while (out.length <= n) {
      phase += (125 + 4 * Math.sin(out.length / 4_000)) / 8_000;
      let x = 0;
      if (phase >= 1) {
        phase -= 1;
        x = 6_000;
      }
      let sum = 0;
      for (const r of resonators) {
        const y = x + 2 * 0.94 * Math.cos((2 * Math.PI * r.hz) / 8_000) * r.y1 - 0.8836 * r.y2;
        r.y2 = r.y1;
        r.y1 = y;
        sum += y;
      }
      out.push(Math.max(-32_000, Math.min(32_000, sum / 3)));
    }
    return out[n] ?? 0;
  };
}

describe('LossConcealer', () => {
  test.each([100, 125, 160, 200, 400])('a tone of %d Hz goes on in phase', (hz) => {
    const { made, truth } = conceal(sine(hz), 5, 1);
    expect(snrDb(truth.subarray(0, 80), made.subarray(0, 80))).toBeGreaterThan(30);
  });

  test.each([110, 137, 210, 333])(
    'a tone of %d Hz, no whole number of samples long, begins and ends without a click',
    (hz) => {
      const signal = sine(hz);
      const { concealer, made, next, last } = conceal(signal, 5, 1);
      const returned = next();
      concealer.good(returned);
      const whole = [last, ...made, ...returned];
      const steepest = (2 * Math.PI * hz * 8_000) / 8_000;
      const steps = whole.slice(1).map((value, i) => Math.abs(value - (whole[i] ?? 0)));
      expect(Math.max(...steps)).toBeLessThan(2 * steepest + 2);
    },
  );

  test('a voice is matched better than by repeating the last frame', () => {
    const signal = vowel();
    const { made, truth } = conceal(signal, 20, 1);
    const repeated = Int16Array.from({ length: 160 }, (_, i) => signal(19 * 160 + i));
    const made10 = made.subarray(0, 80);
    const truth10 = truth.subarray(0, 80);
    expect(snrDb(truth10, made10)).toBeGreaterThan(snrDb(truth10, repeated.subarray(0, 80)) + 6);
    expect(snrDb(truth10, made10)).toBeGreaterThan(5);
  });

  test('fades from 10 ms on, and is gone after 60 ms', () => {
    const { made } = conceal(sine(200), 5, 5);
    const level = (fromMs: number) => levelDb(made.subarray(fromMs * 8, (fromMs + 10) * 8));
    const levels = [0, 10, 20, 30, 40, 50].map(level);
    expect(levels[0]).toBeCloseTo(levelDb(Int16Array.from({ length: 80 }, (_, i) => sine(200)(i))), 0);
    for (const [i, db] of levels.entries()) if (i > 0) expect(db).toBeLessThan(levels[i - 1] ?? 0);
    // Nothing but a tone was heard, so nothing is known of the room: at most the loudest comfort noise.
    expect(level(60)).toBeLessThan(-49);
  });

  test('after 60 ms there is noise of the level of the room', () => {
    let state = 1;
    const room = () => {
      state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
      return (state / 0x4000_0000 - 1) * 60;
    };
    const concealer = new LossConcealer();
    const frame = (signal: (n: number) => number) => Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => signal(n));
    for (let i = 0; i < 20; i++) concealer.good(frame(room));
    for (let i = 0; i < 20; i++) concealer.good(frame(sine(150)));
    const made = new Int16Array(FRAME_SAMPLES);
    for (let i = 0; i < 6; i++) concealer.conceal(made);
    expect(levelDb(made)).toBeGreaterThan(levelDb(frame(room)) - 4);
    expect(levelDb(made)).toBeLessThan(levelDb(frame(room)) + 4);
  });

  test('before anything was heard, and after a reset, it is silent', () => {
    const concealer = new LossConcealer();
    const made = new Int16Array(FRAME_SAMPLES).fill(1);
    concealer.conceal(made);
    expect([...new Set(made)]).toEqual([0]);
    concealer.good(Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => sine(100)(n)));
    concealer.reset();
    concealer.conceal(made);
    expect([...new Set(made)]).toEqual([0]);
  });

  test('full scale never wraps, and packets of 10 and 60 ms are taken', () => {
    for (const samples of [80, 480]) {
      const concealer = new LossConcealer();
      const square = (n: number) => (n % 60 < 30 ? 32_767 : -32_768);
      for (let n = 0; n < 4_800; n += samples)
        concealer.good(Int16Array.from({ length: samples }, (_, i) => square(n + i)));
      const made = new Int16Array(FRAME_SAMPLES);
      concealer.conceal(made);
      for (let i = 1; i < 80; i++) {
        const truth = square(4_800 + i);
        expect(Math.sign(made[i] ?? 0)).toBe(Math.sign(truth));
      }
    }
  });
});
