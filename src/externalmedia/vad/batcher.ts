import type { Cancel, Clock } from '../../kernel/clock.js';

/** One window of one caller: two of the same caller never go into one run, the model's state goes from each to the next. */
export interface Batchable {
  readonly stream: object;
}

/** The most callers that are judged in one run. */
export const MAX_BATCH = 32;
/** Runs begin at least this far apart, so that windows gather: one alone costs four times its share of sixteen. */
export const RUN_SPACING_MS = 10;

/**
 * Gathers the windows of all callers of a thread into runs. A window that comes when the last run began 10 ms ago or
 * earlier, as is the rule with few callers, is run at once; with many it waits for at most 10 ms. A caller's windows that
 * come together are run one after another without that wait.
 */
export class Batcher<Request extends Batchable> {
  readonly #waiting: Request[] = [];
  #running: Promise<void> | undefined;
  #lastRunMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: Cancel | undefined;
  #failed = false;

  /**
   * @param run judges a batch and tells each request; when it rejects, nothing is run any more
   * @param fail tells a request that it will not be judged
   */
  constructor(
    private readonly clock: Clock,
    private readonly run: (batch: readonly Request[]) => Promise<void>,
    private readonly fail: (request: Request) => void,
  ) {}

  submit(request: Request): void {
    if (this.#failed) return this.fail(request);
    this.#waiting.push(request);
    this.#schedule();
  }

  /** Ends it: what waits is told as failed. Kept when no run is under way any more. */
  async close(): Promise<void> {
    this.#failed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const request of this.#waiting.splice(0)) this.fail(request);
    await this.#running;
  }

  #schedule(): void {
    if (this.#running || this.#waiting.length === 0) return;
    const isFull = this.#waiting.length >= MAX_BATCH;
    if (this.#cancelTimer && !isFull) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const waitMs = this.#lastRunMs + RUN_SPACING_MS - this.clock.nowMs();
    if (isFull || waitMs <= 0) this.#start();
    else
      this.#cancelTimer = this.clock.after(waitMs, () => {
        this.#cancelTimer = undefined;
        this.#start();
      });
  }

  #start(): void {
    this.#running = this.#drain().then(() => {
      this.#running = undefined;
      this.#schedule();
    });
  }

  async #drain(): Promise<void> {
    // Others of the same tick come in before the run starts.
    await Promise.resolve();
    let again = true;
    while (again && !this.#failed) {
      this.#lastRunMs = this.clock.nowMs();
      const { batch, hasBacklog } = this.#next();
      try {
        await this.run(batch);
      } catch {
        this.#failed = true;
        for (const request of [...batch, ...this.#waiting.splice(0)]) this.fail(request);
      }
      again = hasBacklog || this.#waiting.length >= MAX_BATCH;
    }
  }

  /** The first window of each caller, up to the most; `hasBacklog` when one of them has more waiting. */
  #next(): { readonly batch: readonly Request[]; readonly hasBacklog: boolean } {
    const batch: Request[] = [];
    const seen = new Set<object>();
    const left: Request[] = [];
    let hasBacklog = false;
    for (const request of this.#waiting) {
      const isSecond = seen.has(request.stream);
      hasBacklog ||= isSecond;
      if (isSecond || batch.length >= MAX_BATCH) left.push(request);
      else {
        seen.add(request.stream);
        batch.push(request);
      }
    }
    this.#waiting.splice(0, this.#waiting.length, ...left);
    return { batch, hasBacklog };
  }
}
