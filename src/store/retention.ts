import type { Cancel, Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { CallStore } from './port.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface RetentionOptions {
  readonly store: Pick<CallStore, 'purge'>;
  readonly keepDays: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Deletes calls older than `keepDays`, now and once a day. The returned function ends it. */
export function keepRetention({ store, keepDays, clock, log }: RetentionOptions): Cancel {
  let cancel: Cancel;
  const purge = (): void => {
    cancel = clock.after(DAY_MS, purge);
    store.purge(clock.wallMs() - keepDays * DAY_MS).then(
      (calls) => calls > 0 && log.info({ calls, keepDays }, 'deleted calls that are too old'),
      (error: unknown) => log.error({ error }, 'old calls could not be deleted'),
    );
  };
  purge();
  return () => cancel();
}
