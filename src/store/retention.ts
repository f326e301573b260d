import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ClockDoubt } from './clock-doubt.js';
import type { CallStore } from './port.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface RetentionOptions {
  readonly store: Pick<CallStore, 'purge'>;
  readonly keepDays: number;
  /** A clock that may be wrong deletes nothing on its first day. */
  readonly doubt?: ClockDoubt | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Deletes calls older than `keepDays`, now and once a day. The returned function ends it. */
export function keepRetention({ store, keepDays, doubt, clock, log }: RetentionOptions): Cancel {
  let cancel: Cancel;
  const purge = (): void => {
    cancel = clock.after(DAY_MS, purge);
    store.purge(clock.wallMs() - keepDays * DAY_MS).then(
      (calls) => calls > 0 && log.info({ calls, keepDays }, 'deleted calls that are too old'),
      (error: unknown) => log.error({ error }, 'old calls could not be deleted'),
    );
  };
  if (doubt) {
    log.error({ ...doubt }, 'the clock may be wrong: nothing is deleted today; set it, or leave it if it is right');
    cancel = clock.after(DAY_MS, purge);
  } else purge();
  return () => cancel();
}
