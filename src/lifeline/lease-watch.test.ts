import { describe, expect, it } from 'vitest';
import { LeaseWatch, type Verdict } from './lease-watch.js';

/** Readings at these times, and the verdict on each. */
function judge(readings: readonly (readonly [lease: string | 'AWAY', atMs: number])[]): (Verdict | undefined)[] {
  const watch = new LeaseWatch(2_000, 1_000);
  return readings.map(([lease, atMs]) => {
    if (lease !== 'AWAY') return watch.read(lease, atMs);
    watch.away();
    return undefined;
  });
}

const every500 = (lease: string, fromMs: number, times: number): [string, number][] =>
  Array.from({ length: times }, (_, n) => [lease, fromMs + n * 500]);

describe('LeaseWatch', () => {
  it('takes a lease that moves each second for a living controller', () => {
    const verdicts = judge(Array.from({ length: 40 }, (_, n) => [`a.${String(Math.floor(n / 2))}`, n * 500] as const));
    expect(new Set(verdicts)).toEqual(new Set(['serving']));
  });

  it('calls a lease silent that stood still for two seconds, not before', () => {
    expect(judge(every500('a.7', 0, 6))).toEqual(['serving', 'serving', 'serving', 'serving', 'silent', 'silent']);
  });

  it('takes any other lease for life: another holder, and a count that began anew', () => {
    expect(judge([...every500('a.7', 0, 5), ['b.1', 2_500]]).slice(-2)).toEqual(['silent', 'serving']);
    expect(judge([...every500('a.7', 0, 5), ['a.1', 2_500]]).at(-1)).toBe('serving');
  });

  it('looks after what a controller left that went in order, and nobody followed', () => {
    expect(judge(every500('released', 0, 5)).at(-1)).toBe('silent');
  });

  it('has no opinion where no Handrail ever was', () => {
    expect(new Set(judge(every500('', 0, 20)))).toEqual(new Set(['unleased']));
  });

  it('goes on counting when a reload of the dialplan takes the variable of a dead controller', () => {
    expect(judge([...every500('a.7', 0, 3), ...every500('', 1_500, 2)]).at(-1)).toBe('silent');
  });

  it('is not misled by a reload under a living one', () => {
    expect(judge([...every500('a.7', 0, 2), ['', 1_000], ['a.9', 1_500]])).toEqual(Array(4).fill('serving'));
  });

  it('forgets the lease of an Asterisk that was restarted', () => {
    expect(judge([...every500('a.7', 0, 4), ['AWAY', 2_000], ...every500('', 9_000, 8)]).at(-1)).toBe('unleased');
  });

  it('begins anew after an Asterisk that could not be reached: nobody could renew then', () => {
    const verdicts = judge([...every500('a.7', 0, 4), ['AWAY', 2_000], ...every500('a.7', 2_500, 5)]);
    expect(verdicts.slice(5)).toEqual(['serving', 'serving', 'serving', 'serving', 'silent']);
  });

  it('counts a gap between two readings by one second at most: nobody watched then', () => {
    expect(
      judge([
        ['a.7', 0],
        ['a.7', 60_000],
        ['a.7', 60_500],
        ['a.7', 61_000],
      ]),
    ).toEqual(['serving', 'serving', 'serving', 'silent']);
  });
});
