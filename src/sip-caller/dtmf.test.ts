import { describe, expect, it } from 'vitest';
import { dtmfTicks, isDtmfKey } from './dtmf.js';

describe('DTMF events', () => {
  it('grow by 20 ms a tick and end three times', () => {
    const ticks = dtmfTicks('#', 100);
    expect(ticks.map(({ marker }) => marker)).toEqual([true, false, false, false, false]);
    expect(ticks.map(({ payloads }) => payloads.length)).toEqual([1, 1, 1, 1, 3]);
    const payloads = ticks.flatMap((tick) => tick.payloads);
    expect(payloads.map(([code]) => code)).toEqual(new Array(7).fill(11));
    expect(payloads.map(([, flags = 0]) => flags >> 7)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(payloads.map(([, , high = 0, low = 0]) => (high << 8) | low)).toEqual([160, 320, 480, 640, 800, 800, 800]);
  });

  it('know all sixteen keys and nothing else', () => {
    expect([...'0123456789*#ABCDabcd'].every(isDtmfKey)).toBe(true);
    expect([...'E x', ''].some(isDtmfKey)).toBe(false);
    expect(() => dtmfTicks('x')).toThrow(RangeError);
    expect(dtmfTicks('D')[0]?.payloads[0]?.[0]).toBe(15);
  });
});
