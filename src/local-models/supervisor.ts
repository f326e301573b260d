import type { Cancel, Clock } from '../kernel/clock.js';
import { Emitter } from '../kernel/emitter.js';
import type { Logger } from '../kernel/log.js';
import { backoffDefaults, backoffDelayMs, type BackoffOptions } from './backoff.js';
import type { FramedProcess, FramedProcessEvent } from './framed-process.js';
import type { Frame, FrameHeader } from './frames.js';

export interface SupervisionOptions {
  /** A worker that is not ready by then is killed and started again. @defaultValue 30000 */
  readonly readyLimitMs: number;
  /** Time between two health questions. @defaultValue 2000 */
  readonly pingEveryMs: number;
  /** A worker that has not answered one by then hangs: it is killed and replaced. @defaultValue 2000 */
  readonly pingDeadlineMs: number;
  /** A worker that does not let go of cancelled work by then hangs as well. @defaultValue 1000 */
  readonly cancelAckMs: number;
  /** From SIGTERM to SIGKILL on close. @defaultValue 2000 */
  readonly killAfterMs: number;
  /** Ready for so long, and earlier failures are forgotten. @defaultValue 20000 */
  readonly steadyMs: number;
  readonly backoff: BackoffOptions;
}

export const supervisionDefaults = {
  readyLimitMs: 30_000,
  pingEveryMs: 2_000,
  pingDeadlineMs: 2_000,
  cancelAckMs: 1_000,
  killAfterMs: 2_000,
  steadyMs: 20_000,
  backoff: backoffDefaults,
} as const satisfies SupervisionOptions;

/**
 * - `starting` → `ready` (it said so in time), `resting` (it ended, or was too late), `closed`
 * - `ready` → `resting` (it ended, hung, or wrote nonsense), `closed`
 * - `resting` → `starting` (the backoff is over), `closed`
 */
export type WorkerState = 'starting' | 'ready' | 'resting' | 'closed';

export type WorkerEvent =
  | { readonly type: 'state'; readonly state: WorkerState }
  /** The worker can take work. Also sent when a cancelled job has been let go. */
  | { readonly type: 'idle' };

/** Work for one worker. Exactly one outcome follows, unless the job is cancelled before. */
export interface WorkerJob {
  readonly id: number;
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
  /** Something that the worker must have been told before, once in its life (a grammar). */
  readonly preparation?: Preparation | undefined;
  /** A part of the answer. */
  onPart(frame: Frame): void;
  onOutcome(outcome: JobOutcome): void;
}

export interface Preparation {
  readonly key: string;
  readonly header: FrameHeader;
}

export type JobOutcome =
  | { readonly type: 'answered'; readonly frame: Frame }
  /** The engine answered with an error, in its own words. */
  | { readonly type: 'refused'; readonly message: string }
  /** The worker went down over it. */
  | { readonly type: 'lost'; readonly why: string };

export interface WorkerConfig {
  readonly name: string;
  readonly start: () => FramedProcess;
  /** Frame types that end a job, besides `error` and `cancelled`. */
  readonly finalTypes: ReadonlySet<string>;
  readonly clock: Clock;
  /** In [0, 1), for the jitter of restarts. */
  readonly random: () => number;
  readonly log: Logger;
  readonly options: SupervisionOptions;
}

/** Keeps one engine process alive and gives it one job at a time. */
export class SupervisedWorker {
  readonly events = new Emitter<WorkerEvent>();
  /** What was last wrong, in words for an admin. */
  problem: string | undefined;
  /** The header of its last `ready`. */
  greeting: FrameHeader | undefined;
  #state: WorkerState = 'resting';
  #process: FramedProcess | undefined;
  #job: { readonly job: WorkerJob; cancelled: boolean } | undefined;
  #known = new Set<string>();
  #attempt = 0;
  #serial = 0;
  /** Timers of the present state; all are void when it changes. */
  #timers: Cancel[] = [];
  #pongTimer: Cancel | undefined;
  #ackTimer: Cancel | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly config: WorkerConfig) {
    this.#start();
  }

  get state(): WorkerState {
    return this.#state;
  }

  get idle(): boolean {
    return this.#state === 'ready' && this.#job === undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Whether the worker has been told `key` in this life. */
  knows(key: string): boolean {
    return this.#known.has(key);
  }

  /** The worker has been told `key` by a job of its own. */
  learned(key: string): void {
    this.#known.add(key);
  }

  /** The worker said that it does not know `key` after all: it will be told again. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Gives the worker a job; it must be idle. */
  run(job: WorkerJob): void {
    if (!this.idle || !this.#process) throw new Error(`${this.config.name} is not idle`);
    this.#job = { job, cancelled: false };
    const { preparation } = job;
    if (preparation && !this.#known.has(preparation.key)) {
      // Not waited for: the worker works through its pipe in order, and a failure shows in the job itself.
      this.#known.add(preparation.key);
      this.#process.send({ ...preparation.header, id: `prepare-${this.#serial++}` });
    }
    this.#process.send({ ...job.header, id: job.id }, job.payload);
  }

  /** Nobody wants the job any more: no outcome will follow. The worker is busy until it lets go, or is killed. */
  cancel(jobId: number): void {
    if (!this.#job || this.#job.job.id !== jobId || this.#job.cancelled) return;
    this.#job.cancelled = true;
    this.#process?.send({ type: 'cancel', id: jobId });
    this.#ackTimer = this.config.clock.after(this.config.options.cancelAckMs, () =>
      this.#abandon('did not let go of cancelled work'),
    );
  }

  /** Ends the process, first kindly, and resolves when it is gone. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #close(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    this.#enter('closed');
    this.#loseJob('is being closed');
    if (!process) return Promise.resolve();
    return new Promise((resolve) => {
      const forget = this.config.clock.after(this.config.options.killAfterMs, () => process.kill('SIGKILL'));
      process.subscribe((event) => {
        if (event.type !== 'exit') return;
        forget();
        resolve();
      });
      process.kill('SIGTERM');
    });
  }

  #start(): void {
    this.#known = new Set();
    this.greeting = undefined;
    const process = this.config.start();
    this.#process = process;
    this.#enter('starting');
    process.subscribe((event) => {
      // What an abandoned process still says concerns nobody.
      if (this.#process === process) this.#hear(event);
    });
    this.#later(this.config.options.readyLimitMs, () =>
      this.#abandon(`was not ready within ${this.config.options.readyLimitMs} ms`),
    );
  }

  #hear(event: FramedProcessEvent): void {
    switch (event.type) {
      case 'frame':
        return this.#receive(event.frame);
      case 'line':
        return this.config.log.info({ engine: this.config.name, line: event.line }, 'engine says');
      case 'garbled':
        return this.#abandon(`wrote nonsense: ${event.why}`);
      case 'exit':
        return this.#fall(event.why);
    }
  }

  #receive(frame: Frame): void {
    const { type, id } = frame.header;
    if (type === 'ready') return this.#greet(frame.header);
    if (type === 'pong') return this.#pong();
    const current = this.#job;
    if (!current || id !== current.job.id) {
      if (type === 'error') this.config.log.warn({ engine: this.config.name, message: wordsOf(frame) }, 'engine error');
      return;
    }
    const isFinal = type === 'error' || type === 'cancelled' || this.config.finalTypes.has(type);
    if (!isFinal) {
      if (!current.cancelled) current.job.onPart(frame);
      return;
    }
    this.#release();
    if (!current.cancelled) {
      if (type === 'error') current.job.onOutcome({ type: 'refused', message: wordsOf(frame) });
      else if (type === 'cancelled') current.job.onOutcome({ type: 'lost', why: 'gave up the work on its own' });
      else current.job.onOutcome({ type: 'answered', frame });
    }
    if (this.idle) this.events.emit({ type: 'idle' });
  }

  #greet(header: FrameHeader): void {
    if (this.#state !== 'starting') return;
    this.greeting = header;
    this.problem = undefined;
    this.#enter('ready');
    this.#later(this.config.options.steadyMs, () => (this.#attempt = 0));
    this.#ping();
    this.config.log.info({ engine: this.config.name, pid: this.pid, loadMs: header['loadMs'] }, 'engine is ready');
    this.events.emit({ type: 'idle' });
  }

  #ping(): void {
    const { pingEveryMs, pingDeadlineMs } = this.config.options;
    this.#later(pingEveryMs, () => {
      this.#pongTimer = this.#later(pingDeadlineMs, () => this.#abandon('hangs: it did not answer a health question'));
      this.#process?.send({ type: 'ping', id: this.#serial++ });
    });
  }

  #pong(): void {
    if (!this.#pongTimer) return;
    this.#pongTimer();
    this.#pongTimer = undefined;
    this.#ping();
  }

  /** Kills the process and goes on without waiting for its end: a stopped process may take its time to be reaped. */
  #abandon(why: string): void {
    const process = this.#process;
    this.#fall(why);
    process?.kill('SIGKILL');
  }

  #fall(why: string): void {
    if (this.#state === 'closed') return;
    this.#process = undefined;
    this.problem = `${this.config.name} ${why}`;
    const delayMs = backoffDelayMs(this.#attempt++, this.config.random(), this.config.options.backoff);
    this.config.log.warn({ engine: this.config.name, why, restartInMs: delayMs }, 'engine is down');
    this.#enter('resting');
    this.#later(delayMs, () => this.#start());
    this.#loseJob(why);
  }

  #loseJob(why: string): void {
    const current = this.#job;
    this.#release();
    if (current && !current.cancelled) current.job.onOutcome({ type: 'lost', why: `${this.config.name} ${why}` });
  }

  #release(): void {
    this.#job = undefined;
    this.#ackTimer?.();
    this.#ackTimer = undefined;
  }

  #enter(state: WorkerState): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
    this.#pongTimer = undefined;
    this.#state = state;
    this.events.emit({ type: 'state', state });
  }

  /** A timer of the present state. */
  #later(delayMs: number, task: () => void): Cancel {
    const cancel = this.config.clock.after(delayMs, () => {
      this.#timers = this.#timers.filter((timer) => timer !== cancel);
      task();
    });
    this.#timers.push(cancel);
    return cancel;
  }
}

function wordsOf(frame: Frame): string {
  const { message } = frame.header;
  return typeof message === 'string' ? message : 'no reason given';
}
