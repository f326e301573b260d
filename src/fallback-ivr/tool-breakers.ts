import { Breaker, type BreakerState } from './breaker.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';

/** How a request to a web service went; `unknown`: the caller left before it was over. */
export type ToolVerdict = 'good' | 'bad' | 'unknown';

/**
 * A circuit breaker for each host that tool nodes ask: while one is open, callers go the failure way at once. Nothing may
 * be asked of a web service but what a flow asks, so after the rest the request of one caller is the probe.
 */
export class ToolBreakers {
  readonly #breakers = new Map<string, Breaker>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly onState: (host: string, state: BreakerState) => void,
  ) {}

  /** @returns to be told how the request went; undefined when the host is not to be asked now */
  begin(host: string): ((verdict: ToolVerdict) => void) | undefined {
    const breaker = this.#of(host);
    if (breaker.state === 'closed')
      return (verdict) => {
        if (verdict === 'unknown') return;
        this.#change(host, breaker, () => breaker.answered(verdict === 'good', this.clock.nowMs()));
      };
    const begun = this.#change(host, breaker, () => breaker.beginProbe(this.clock.nowMs()));
    if (!begun) return undefined;
    return (verdict) => this.#change(host, breaker, () => breaker.probed(verdict === 'good', this.clock.nowMs()));
  }

  #of(host: string): Breaker {
    const breaker = this.#breakers.get(host) ?? new Breaker();
    this.#breakers.set(host, breaker);
    return breaker;
  }

  #change<T>(host: string, breaker: Breaker, act: () => T): T {
    const before = breaker.state;
    const result = act();
    if (breaker.state !== before) {
      this.onState(host, breaker.state);
      this.log.warn({ component: 'tool', host, breaker: breaker.state }, 'breaker of a web service');
    }
    return result;
  }
}
