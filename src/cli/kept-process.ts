import type { Cancel, Clock } from '../kernel/clock.js';
import { explain } from '../kernel/errors.js';
import { backoffDelayMs, type BackoffOptions } from '../local-models/backoff.js';

/** A child process that has been spawned, ready or not. */
export interface ChildHandle {
  readonly pid: number;
  /** Resolves when it can do its work. Rejects when it cannot, or ends before. */
  readonly ready: Promise<unknown>;
  /** Kept with the exit code when it has ended, by `stop` or by itself. */
  readonly ended: Promise<number>;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** What a process that is kept running has to tell. */
export type KeptEvent =
  | { readonly type: 'ended'; readonly code: number; readonly restartInMs: number }
  | { readonly type: 'not-ready'; readonly problem: string }
  | { readonly type: 'back' };

export interface KeptOptions {
  readonly spawn: () => ChildHandle;
  readonly clock: Clock;
  /** Numbers of [0, 1). */
  readonly random: () => number;
  readonly onEvent: (event: KeptEvent) => void;
  /** @defaultValue `keptBackoff` */
  readonly backoff?: BackoffOptions;
}

export const keptBackoff = { firstMs: 500, maxMs: 15_000 } as const satisfies BackoffOptions;
/** One that ran for so long has not fallen because of its start: the waits begin anew. */
const HELD_MS = 30_000;

/** Starts a process again whenever it ends by itself, after a wait that grows while it does not hold. */
export class KeptProcess {
  #child: Omit<ChildHandle, 'ready'>;
  #attempt = 0;
  #stopped = false;
  #cancel: Cancel = () => undefined;

  /** @param first is ready; the next ones are spawned */
  constructor(
    first: Omit<ChildHandle, 'ready'>,
    private readonly options: KeptOptions,
  ) {
    this.#child = first;
    this.#keep(first);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** That of the one that runs now. */
  get ended(): Promise<number> {
    return this.#child.ended;
  }

  /** Ends the process for good. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#child.stop();
  }

  #keep(child: Omit<ChildHandle, 'ready'>): void {
    const { clock, random, onEvent, backoff = keptBackoff } = this.options;
    const spawnedMs = clock.nowMs();
    void child.ended.then((code) => {
      if (this.#stopped) return;
      if (clock.nowMs() - spawnedMs >= HELD_MS) this.#attempt = 0;
      const restartInMs = backoffDelayMs(this.#attempt++, random(), backoff);
      onEvent({ type: 'ended', code, restartInMs });
      this.#cancel = clock.after(restartInMs, () => this.#again());
    });
  }

  #again(): void {
    const { spawn, onEvent } = this.options;
    const child = spawn();
    this.#child = child;
    this.#keep(child);
    child.ready.then(
      () => !this.#stopped && onEvent({ type: 'back' }),
      (error: unknown) => {
        if (!this.#stopped) onEvent({ type: 'not-ready', problem: explain(error) });
        // Never ready and still there: the next try needs its place.
        void child.stop();
      },
    );
  }
}
