import type { AriPort } from './ari/port.js';
import type { Clock } from './kernel/clock.js';
import { explain } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';

/** An answer of Asterisk is good for so long: an editor checks its flow at every change. */
const GOOD_FOR_MS = 60_000;

interface Known {
  readonly answer: boolean;
  readonly untilMs: number;
}

/**
 * Tells the lint whether Asterisk knows a transfer target, for endpoints of the form `Local/{to}@CONTEXT`; for others, and
 * while Asterisk is away, it cannot tell.
 */
export function transferTargets(
  agentEndpoint: string,
  ari: () => AriPort | undefined,
  clock: Clock,
  log: Logger,
): (to: string) => Promise<boolean | undefined> {
  const known = new Map<string, Known>();
  const context = /^Local\/\{to\}@([\w-]+)/.exec(agentEndpoint)?.[1];
  return async (to) => {
    const port = ari();
    if (context === undefined || !port?.connected) return undefined;
    const before = known.get(to);
    if (before && before.untilMs > clock.nowMs()) return before.answer;
    try {
      const answer = await port.dialplanHas({ context, extension: to });
      known.set(to, { answer, untilMs: clock.nowMs() + GOOD_FOR_MS });
      return answer;
    } catch (err) {
      log.warn({ problem: explain(err) }, 'transfer target could not be looked for');
      return undefined;
    }
  };
}
