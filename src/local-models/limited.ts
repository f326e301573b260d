import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { RequestLimits } from './ports.js';

/** One abort signal for everything that may end a request, and the error that says which it was. */
export interface Limited {
  readonly signal: AbortSignal;
  /** The next sign of life must come within `ms`: for a stream that must not stall. `undefined`: nothing is awaited now. */
  expectWithin(ms: number | undefined): void;
  /** The error of ours, when a limit ended the request; else HR_ENGINE_FAILED or HR_ENGINE_DOWN around `error`. */
  explain(error: unknown): HandrailError;
  /** Takes the timers back. Idempotent. */
  release(): void;
}

/** Applies limits to work that understands an `AbortSignal` (HTTP clients). */
export function limit(clock: Clock, name: string, limits: RequestLimits): Limited {
  const controller = new AbortController();
  let why: HandrailError | undefined;
  const stop = (error: HandrailError): void => {
    why ??= error;
    controller.abort(why);
  };
  const late = (ms: number): HandrailError => new HandrailError('HR_ENGINE_DEADLINE', `${name}: ${ms} ms.`);
  const onAbort = (): void => stop(new HandrailError('HR_CANCELLED', `${name}.`));

  const cancelOverall = clock.after(limits.deadlineMs, () => stop(late(limits.deadlineMs)));
  let cancelStep = (): void => undefined;
  if (limits.signal?.aborted) onAbort();
  limits.signal?.addEventListener('abort', onAbort, { once: true });

  return {
    signal: controller.signal,
    expectWithin(ms) {
      cancelStep();
      if (ms !== undefined) cancelStep = clock.after(ms, () => stop(late(ms)));
    },
    explain(error) {
      if (why) return why;
      if (error instanceof HandrailError) return error;
      const words = error instanceof Error ? error.message : String(error);
      return new HandrailError(isUnreachable(error) ? 'HR_ENGINE_DOWN' : 'HR_ENGINE_FAILED', `${name}: ${words}`, {
        cause: error,
      });
    },
    release() {
      cancelOverall();
      cancelStep();
      limits.signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** No connection, or one that broke: undici's TypeErrors ("fetch failed", "terminated") and openai's wrapper of them. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.constructor.name === 'APIConnectionError');
}
