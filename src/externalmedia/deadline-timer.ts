import type { Cancel, Clock } from '../kernel/clock.js';
import type { NativeIo } from './native-io.js';

/** One waking at a time of the clock. Setting it again replaces the one before. */
export interface DeadlineTimer {
  wakeAt(atMs: number, task: () => void): void;
  stop(): void;
}

/** On the clock's own timers, which are of whole milliseconds: up to one late. */
export class ClockTimer implements DeadlineTimer {
  #cancel: Cancel | undefined;

  constructor(private readonly clock: Clock) {}

  wakeAt(atMs: number, task: () => void): void {
    this.stop();
    this.#cancel = this.clock.after(atMs - this.clock.nowMs(), task);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** On the kernel's (timerfd), to a fraction of a millisecond. The clock must be the system's. */
export class NativeTimer implements DeadlineTimer {
  #task: (() => void) | undefined;

  constructor(private readonly io: NativeIo) {
    io.onTimer(() => {
      const task = this.#task;
      this.#task = undefined;
      task?.();
    });
  }

  wakeAt(atMs: number, task: () => void): void {
    this.#task = task;
    this.io.wakeAt(atMs);
  }

  stop(): void {
    this.#task = undefined;
    this.io.wakeAt(0);
  }
}
