import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ClockDoubt } from './clock-doubt.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What the database keeps for so many days, and no longer; 0: not at all. */
export interface Kept {
  readonly what: 'calls' | 'languages of callers' | 'callback requests';
  readonly days: number;
  /** @returns how many were deleted */
  purge(beforeWallMs: number): Promise<number>;
}

export interface RetentionOptions {
  readonly kept: readonly Kept[];
  /** A clock that may be wrong deletes nothing on its first day. */
  readonly doubt?: ClockDoubt | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Deletes what is older than it is kept, now and once a day. The returned function ends it. */
export function keepRetention({ kept, doubt, clock, log }: RetentionOptions): Cancel {
  let cancel: Cancel;
  const purgeOne = ({ what, days, purge }: Kept): void =>
    void purge(clock.wallMs() - days * DAY_MS).then(
      (count) => count > 0 && log.info({ what, count, days }, 'deleted what is too old'),
      (error: unknown) => log.error({ what, error }, 'what is too old could not be deleted'),
    );
  const purge = (): void => {
    cancel = clock.after(DAY_MS, purge);
    kept.forEach(purgeOne);
  };
  if (doubt) {
    log.error({ ...doubt }, 'the clock may be wrong: nothing is deleted today; set it, or leave it if it is right');
    cancel = clock.after(DAY_MS, purge);
  } else purge();
  return () => cancel();
}
