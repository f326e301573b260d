import { describe, expect, it } from 'vitest';
import { breakerDefaults } from './breaker.js';
import { ToolBreakers } from './tool-breakers.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';

function house() {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const states: string[] = [];
  const breakers = new ToolBreakers(clock, log, (host, state) => states.push(`${host} ${state}`));
  const open = (): void => {
    for (let i = 0; i < breakerDefaults.failures; i++) breakers.begin('shop')?.('bad');
  };
  return { clock, log, states, breakers, open };
}

describe('the breaker of a web service', () => {
  it('opens for its host alone, and lets one request through after a rest', () => {
    const { clock, log, states, breakers, open } = house();
    open();
    expect(breakers.begin('shop')).toBeUndefined();
    expect(breakers.begin('other')).toBeDefined();
    clock.advance(breakerDefaults.restMs);
    const probe = breakers.begin('shop');
    expect(breakers.begin('shop')).toBeUndefined();
    probe?.('good');
    expect(breakers.begin('shop')).toBeDefined();
    expect(states).toEqual(['shop open', 'shop half-open', 'shop closed']);
    expect(log.lines.map(({ fields }) => fields['breaker'])).toEqual(['open', 'half-open', 'closed']);
  });

  it('rests again when the probe fails, or its caller leaves', () => {
    for (const verdict of ['bad', 'unknown'] as const) {
      const { clock, breakers, open } = house();
      open();
      clock.advance(breakerDefaults.restMs);
      breakers.begin('shop')?.(verdict);
      clock.advance(breakerDefaults.restMs);
      expect(breakers.begin('shop')).toBeUndefined();
      clock.advance(breakerDefaults.restMs);
      expect(breakers.begin('shop')).toBeDefined();
    }
  });

  it('is not judged by callers who leave', () => {
    const { breakers } = house();
    for (let i = 0; i < 10; i++) breakers.begin('shop')?.('unknown');
    expect(breakers.begin('shop')).toBeDefined();
  });
});
