import type { Cancel } from '../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { HandrailError } from '../kernel/errors.js';
import type { Frame, FrameHeader } from './frames.js';
import type { Engine, EngineState, RequestLimits } from './ports.js';
import { SupervisedWorker, type JobOutcome, type Preparation, type WorkerConfig } from './supervisor.js';

export interface PoolOptions extends WorkerConfig {
  /** How many processes of this kind. */
  readonly workers: number;
  /** How many requests may wait; one more is refused at once, as the engine would be too late for it anyway. @defaultValue 32 */
  readonly maxQueued?: number;
  /** Why the engine cannot be started at all (a file is missing); it is `absent` then and no process is started. */
  readonly absent?: string | undefined;
}

export interface PoolRequest {
  readonly header: FrameHeader;
  readonly payload?: Uint8Array;
  readonly preparation?: Preparation;
  /** Parts of the answer before the final frame. */
  readonly onPart?: (frame: Frame) => void;
}

export interface PoolAnswer {
  readonly frame: Frame;
  /** How long the request waited for a free worker. */
  readonly queueMs: number;
}

interface Ticket {
  readonly id: number;
  readonly request: PoolRequest;
  readonly queuedAtMs: number;
  /** Only this worker may take it. */
  readonly only: SupervisedWorker | undefined;
  startedAtMs: number;
  worker: SupervisedWorker | undefined;
  settle(outcome: TicketOutcome): void;
}

/** A wait that is older says nothing about the next caller's. */
const LATELY_MS = 3_000;

type TicketOutcome = { readonly answer: PoolAnswer } | { readonly error: Error };

/**
 * Workers of one kind behind one queue: whoever is free takes the oldest request. Every request ends in time, by an
 * answer or by an error: HR_ENGINE_DOWN (none is running), HR_ENGINE_BUSY (too many wait), HR_ENGINE_DEADLINE,
 * HR_ENGINE_FAILED (with the engine's own words) or HR_CANCELLED.
 */
export class WorkerPool implements Engine {
  readonly name: string;
  readonly workers: readonly SupervisedWorker[];
  readonly #states = new Emitter<EngineState>();
  readonly #queue: Ticket[] = [];
  #state: EngineState;
  #nextId = 1;
  #lastWait = { waitMs: 0, atMs: -Infinity };
  #closed = false;

  constructor(private readonly options: PoolOptions) {
    this.name = options.name;
    const count = options.absent === undefined ? options.workers : 0;
    this.workers = Array.from(
      { length: count },
      (_, index) =>
        new SupervisedWorker({ ...options, name: count > 1 ? `${options.name}-${index + 1}` : options.name }),
    );
    this.#state = this.#judge();
    for (const worker of this.workers) {
      worker.events.subscribe((event) => {
        if (event.type === 'idle') this.#dispatch();
        else this.#update();
      });
    }
  }

  get state(): EngineState {
    return this.#state;
  }

  get problem(): string | undefined {
    if (this.options.absent !== undefined) return this.options.absent;
    return this.workers.find((worker) => worker.problem !== undefined)?.problem;
  }

  /** The longest wait for a worker lately, of a request that has got one or that still waits: a measure for admission. */
  get waitMs(): number {
    const nowMs = this.options.clock.nowMs();
    const lately = nowMs - this.#lastWait.atMs < LATELY_MS ? this.#lastWait.waitMs : 0;
    const waiting = this.#queue.filter(({ only }) => only === undefined).map(({ queuedAtMs }) => nowMs - queuedAtMs);
    return Math.max(lately, ...waiting);
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  run(request: PoolRequest, limits: RequestLimits): Promise<PoolAnswer> {
    return this.#enqueue(request, limits, undefined);
  }

  /** Tells `preparation` to every worker that runs and does not know it; the others are told before their first use of it. */
  async prepare(preparation: Preparation, limits: RequestLimits): Promise<void> {
    const unaware = this.workers.filter((worker) => worker.state === 'ready' && !worker.knows(preparation.key));
    const header = preparation.header;
    await Promise.all(unaware.map((worker) => this.#enqueue({ header }, limits, worker, preparation.key)));
  }

  /** Every worker is told again before its next use of `key`. */
  forget(key: string): void {
    for (const worker of this.workers) worker.forget(key);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const ticket of [...this.#queue]) ticket.settle({ error: this.#down('it is being closed') });
    await Promise.all(this.workers.map((worker) => worker.close()));
    this.#update();
  }

  #enqueue(
    request: PoolRequest,
    limits: RequestLimits,
    only: SupervisedWorker | undefined,
    learns?: string,
  ): Promise<PoolAnswer> {
    const { clock } = this.options;
    if (this.#closed || this.#state !== 'ready') return Promise.reject(this.#down(this.problem ?? 'it is starting'));
    if (limits.signal?.aborted) return Promise.reject(new HandrailError('HR_CANCELLED', this.name));
    if (this.#queue.length >= (this.options.maxQueued ?? 32)) {
      return Promise.reject(new HandrailError('HR_ENGINE_BUSY', `${this.name}: ${this.#queue.length} requests wait.`));
    }
    return new Promise((resolve, reject) => {
      const cleanups: Cancel[] = [];
      let settled = false;
      const ticket: Ticket = {
        id: this.#nextId++,
        request,
        queuedAtMs: clock.nowMs(),
        only,
        startedAtMs: 0,
        worker: undefined,
        settle: (outcome) => {
          if (settled) return;
          settled = true;
          for (const cleanup of cleanups) cleanup();
          const at = this.#queue.indexOf(ticket);
          if (at >= 0) this.#queue.splice(at, 1);
          if ('error' in outcome) return reject(outcome.error);
          if (learns !== undefined) ticket.worker?.learned(learns);
          resolve(outcome.answer);
        },
      };
      const giveUp = (error: Error): void => {
        ticket.worker?.cancel(ticket.id);
        ticket.settle({ error });
      };
      cleanups.push(
        clock.after(limits.deadlineMs, () => {
          const where = `${this.name}: ${limits.deadlineMs} ms, ${ticket.worker ? 'at work' : 'still waiting for a free worker'}.`;
          giveUp(new HandrailError('HR_ENGINE_DEADLINE', where));
        }),
      );
      const { signal } = limits;
      if (signal) {
        const onAbort = (): void => giveUp(new HandrailError('HR_CANCELLED', this.name));
        signal.addEventListener('abort', onAbort, { once: true });
        cleanups.push(() => signal.removeEventListener('abort', onAbort));
      }
      this.#queue.push(ticket);
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const ticket of [...this.#queue]) {
      const worker = this.workers.find((one) => one.idle && (ticket.only === undefined || ticket.only === one));
      if (!worker) continue;
      this.#queue.splice(this.#queue.indexOf(ticket), 1);
      ticket.worker = worker;
      ticket.startedAtMs = this.options.clock.nowMs();
      if (!ticket.only) this.#noteWait(ticket.startedAtMs - ticket.queuedAtMs, ticket.startedAtMs);
      worker.run({
        id: ticket.id,
        header: ticket.request.header,
        payload: ticket.request.payload ?? new Uint8Array(),
        preparation: ticket.request.preparation,
        onPart: (frame) => ticket.request.onPart?.(frame),
        onOutcome: (outcome) => ticket.settle(this.#conclude(ticket, outcome)),
      });
    }
  }

  #noteWait(waitMs: number, atMs: number): void {
    const isOld = atMs - this.#lastWait.atMs >= LATELY_MS;
    if (isOld || waitMs >= this.#lastWait.waitMs) this.#lastWait = { waitMs, atMs };
  }

  #conclude(ticket: Ticket, outcome: JobOutcome): TicketOutcome {
    switch (outcome.type) {
      case 'answered':
        return { answer: { frame: outcome.frame, queueMs: ticket.startedAtMs - ticket.queuedAtMs } };
      case 'refused':
        return { error: new HandrailError('HR_ENGINE_FAILED', `${this.name}: ${outcome.message}`) };
      case 'lost':
        return { error: this.#down(outcome.why) };
    }
  }

  #down(why: string): HandrailError {
    return new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${why}.`);
  }

  #judge(): EngineState {
    if (this.options.absent !== undefined) return 'absent';
    if (this.workers.some((worker) => worker.state === 'ready')) return 'ready';
    // A worker that is started again after it fell is still down for everybody else.
    return this.workers.some((worker) => worker.state === 'starting' && worker.problem === undefined)
      ? 'starting'
      : 'down';
  }

  #update(): void {
    const state = this.#judge();
    const changed = state !== this.#state;
    this.#state = state;
    if (state !== 'ready') {
      for (const ticket of [...this.#queue]) ticket.settle({ error: this.#down(this.problem ?? 'it went down') });
    } else {
      for (const ticket of [...this.#queue]) {
        if (ticket.only && ticket.only.state !== 'ready') ticket.settle({ error: this.#down('the worker went down') });
      }
    }
    if (changed) this.#states.emit(state);
  }
}
