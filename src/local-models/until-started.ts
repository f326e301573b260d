import type { Engine } from './ports.js';
import type { Clock } from '../kernel/clock.js';

/** Resolves when an engine has said whether it comes up, or after `limitMs`; the next request then says why not. */
export function untilStarted(engine: Engine, clock: Clock, limitMs: number): Promise<void> {
  if (engine.state !== 'starting') return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      unsubscribe();
      resolve();
    };
    const cancel = clock.after(limitMs, done);
    const unsubscribe = engine.onState((state) => state !== 'starting' && done());
  });
}
