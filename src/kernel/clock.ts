/**
 * Time, injected. Logic never calls `Date.now` or `setTimeout` itself, so that tests advance it by hand.
 *
 * `nowMs()` is one monotonic clock for the whole process and all of its worker threads (`process.hrtime`): marks taken
 * on a media thread and on the main thread can be subtracted. `wallMs()` is for people and records only.
 */
export interface Clock {
  /** Monotonic milliseconds with a fraction. The zero point means nothing. */
  nowMs(): number;
  /** Milliseconds since 1970, for records and logs. May jump. */
  wallMs(): number;
  /** Runs `task` once after `delayMs`. The returned function cancels it; cancelling twice is harmless. */
  after(delayMs: number, task: () => void): Cancel;
}

export type Cancel = () => void;

export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
  wallMs: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/** A promise that is kept after `delayMs` on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}
