import { describe, expect, it } from 'vitest';
import { Breaker, breakerDefaults as times } from './breaker.js';

function opened(): Breaker {
  const breaker = new Breaker();
  for (let i = 0; i < times.failures; i++) breaker.answered(false, i);
  return breaker;
}

function halfOpen(): { readonly breaker: Breaker; readonly atMs: number } {
  const breaker = opened();
  const atMs = times.failures - 1 + times.restMs;
  expect(breaker.beginProbe(atMs)).toBe(true);
  return { breaker, atMs };
}

describe('a closed breaker', () => {
  it('opens at the third bad answer within the window', () => {
    const breaker = new Breaker();
    breaker.answered(false, 0);
    breaker.answered(false, 10);
    expect(breaker.state).toBe('closed');
    breaker.answered(false, 20);
    expect(breaker.state).toBe('open');
  });

  it('forgets what is older than the window', () => {
    const breaker = new Breaker();
    breaker.answered(false, 0);
    breaker.answered(false, 10);
    breaker.answered(false, times.windowMs);
    expect(breaker.state).toBe('closed');
  });

  it('stays closed while most answers are good', () => {
    const breaker = new Breaker();
    for (let i = 0; i < 40; i++) breaker.answered(i % 4 !== 0, i);
    expect(breaker.state).toBe('closed');
  });

  it('has no probe', () => {
    const breaker = new Breaker();
    expect(breaker.beginProbe(1e9)).toBe(false);
    expect(() => breaker.probed(true, 0)).toThrow('closed');
  });
});

describe('an open breaker', () => {
  it('rests before it is probed, by one at a time', () => {
    const breaker = opened();
    const dueMs = times.failures - 1 + times.restMs;
    expect(breaker.beginProbe(dueMs - 1)).toBe(false);
    expect(breaker.leftMs(dueMs - 1)).toBe(1);
    expect(breaker.beginProbe(dueMs)).toBe(true);
    expect(breaker.state).toBe('half-open');
    expect(breaker.beginProbe(dueMs)).toBe(false);
  });

  it('is not closed by a late answer of a caller’s', () => {
    const breaker = opened();
    breaker.answered(true, 5);
    expect(breaker.state).toBe('open');
    expect(() => breaker.probed(true, 5)).toThrow('open');
  });
});

describe('a half-open breaker', () => {
  it('closes with a good probe, and begins with a clean window', () => {
    const { breaker, atMs } = halfOpen();
    breaker.probed(true, atMs);
    breaker.answered(false, atMs);
    expect(breaker.state).toBe('closed');
  });

  it('opens with a bad one, and rests twice as long, up to a limit', () => {
    const { breaker, atMs } = halfOpen();
    breaker.answered(true, atMs);
    expect(breaker.state).toBe('half-open');
    breaker.probed(false, atMs);
    expect(breaker.leftMs(atMs)).toBe(2 * times.restMs);
    let nowMs = atMs;
    for (let i = 0; i < 10; i++) {
      nowMs += breaker.leftMs(nowMs);
      expect(breaker.beginProbe(nowMs)).toBe(true);
      breaker.probed(false, nowMs);
    }
    expect(breaker.leftMs(nowMs)).toBe(times.maxRestMs);
  });
});
