import { describe, expect, test } from 'vitest';
import { reasonToTakeBack, takesCanary, type CanaryGuard, type VersionFigures } from './canary.js';

const call = (callerNumber: string, callId = 'c') => ({ callId, callerNumber });
const plan = (share: number, callers: string[] = []) => ({ share, callers });

describe('who gets a canary', () => {
  const numbers = Array.from({ length: 4_000 }, (_x, i) => String(15_550_000_000 + i));
  const taken = (share: number, canary = 'line 2') =>
    numbers.filter((number) => takesCanary(plan(share), canary, call(number)));

  test('about the share that was asked for, always the same callers, and a greater share only adds some', () => {
    const tenth = taken(0.1);
    expect(tenth.length).toBeGreaterThan(320);
    expect(tenth.length).toBeLessThan(480);
    expect(taken(0.1)).toEqual(tenth);
    expect(taken(0.3)).toEqual(expect.arrayContaining(tenth));
    expect([taken(0).length, taken(1).length]).toEqual([0, numbers.length]);
  });

  test('others for another canary: nobody is the one who always tries', () => {
    const next = new Set(taken(0.1, 'line 3'));
    const both = taken(0.1).filter((number) => next.has(number));
    expect(both.length).toBeLessThan(100);
  });

  test('listed numbers in any case; callers who hide theirs one by one', () => {
    expect(takesCanary(plan(0, ['100']), 'x', call('100'))).toBe(true);
    expect(takesCanary(plan(0, ['100']), 'x', call('1001'))).toBe(false);
    const hidden = Array.from({ length: 200 }, (_x, i) =>
      takesCanary(plan(0.5), 'x', call('anonymous', `c${String(i)}`)),
    );
    expect(new Set(hidden).size).toBe(2);
  });
});

describe('a guard', () => {
  const figures = (calls: number, more: Partial<VersionFigures> = {}): VersionFigures => ({
    calls,
    contained: calls,
    hungUpByCaller: 0,
    fellBack: 0,
    reasons: {},
    p50Ms: 500,
    p95Ms: 900,
    ...more,
  });
  const guard = (figure: CanaryGuard['figure'], worseBy = 0.05, minCalls = 30): CanaryGuard => ({
    figure,
    worseBy,
    minCalls,
  });

  test('takes back what is worse than it may be, and says why', () => {
    expect(
      reasonToTakeBack(guard('fallbackRate'), figures(100, { fellBack: 10 }), figures(100, { fellBack: 30 })),
    ).toBe('fallbackRate is 30 % of 100 calls, on the version beside it 10 % of 100');
    expect(
      reasonToTakeBack(guard('containment'), figures(100, { contained: 90 }), figures(50, { contained: 30 })),
    ).toBe('containment is 60 % of 50 calls, on the version beside it 90 % of 100');
    expect(reasonToTakeBack(guard('hangUpRate'), figures(40), figures(40, { hungUpByCaller: 8 }))).toContain('20 %');
    expect(reasonToTakeBack(guard('p95Ms', 200), figures(40), figures(40, { p95Ms: 1_101 }))).toContain('1101');
  });

  test.each([
    ['what is better', guard('fallbackRate'), figures(100, { fellBack: 30 }), figures(100, { fellBack: 10 })],
    ['too few calls', guard('fallbackRate'), figures(29), figures(100, { fellBack: 100 })],
    ['too few calls on the canary', guard('fallbackRate'), figures(100), figures(29, { fellBack: 29 })],
    ['less than it may be worse', guard('fallbackRate', 0.3), figures(100), figures(100, { fellBack: 29 })],
    ['what chance explains', guard('fallbackRate'), figures(30, { fellBack: 3 }), figures(30, { fellBack: 5 })],
    ['the same', guard('fallbackRate'), figures(100), figures(100)],
    ['times that nobody has', guard('p95Ms', 10), figures(40), figures(40, { p95Ms: undefined })],
    ['a little slower', guard('p95Ms', 200), figures(40), figures(40, { p95Ms: 1_100 })],
  ])('leaves %s', (_what, limit, stable, canary) => expect(reasonToTakeBack(limit, stable, canary)).toBeUndefined());
});
