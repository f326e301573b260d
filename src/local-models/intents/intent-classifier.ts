import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Cancel, Clock } from '../../kernel/clock.js';
import { Emitter, type Unsubscribe } from '../../kernel/emitter.js';
import { HandrailError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import { backoffDelayMs } from '../backoff.js';
import { limit } from '../limited.js';
import type { EngineState, IntentClassifier, IntentTask, RequestLimits } from '../ports.js';
import type { IntentCommand, IntentReport, IntentThreadData } from './messages.js';

/** What is used of a worker thread. */
export interface IntentThread {
  postMessage(command: IntentCommand): void;
  on(event: 'message', listener: (report: IntentReport) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

export interface IntentClassifierOptions {
  /** Folder with model.onnx and tokenizer.json. */
  readonly modelDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** Learning thousands of examples takes minutes; nobody waits for it on the telephone. */
const PREPARE_DEADLINE_MS = 300_000;
/** Loading the model and one run of it are shorter, even on a busy machine; after this the thread is ended by force. */
const CLOSE_WITHIN_MS = 10_000;

/** Starts the thread that knows sentences. Without its files the engine is `absent`: words alone decide then. */
export function createIntentClassifier(options: IntentClassifierOptions): IntentClassifier {
  const { modelDir, clock, log, random = Math.random } = options;
  const missing = ['model.onnx', 'tokenizer.json']
    .map((name) => join(modelDir, name))
    .find((path) => !existsSync(path));
  const data: IntentThreadData = { modelDir };
  return new ThreadedClassifier({
    absent: missing === undefined ? undefined : `${missing} is not there.`,
    start: () => new Worker(new URL('./intent-thread.js', import.meta.url), { workerData: data, name: 'intents' }),
    clock,
    log,
    random,
  });
}

interface ThreadedOptions {
  /** Why there is nothing to start. */
  readonly absent: string | undefined;
  readonly start: () => IntentThread;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
}

interface Waiting {
  readonly resolve: (probabilities: readonly number[]) => void;
  readonly reject: (error: HandrailError) => void;
}

/** The port on a worker thread, which is started again when it ends, and told its tasks again. */
export class ThreadedClassifier implements IntentClassifier {
  readonly name = 'intents';
  readonly #states = new Emitter<EngineState>();
  readonly #tasks = new Map<string, IntentTask>();
  readonly #waiting = new Map<number, Waiting>();
  #state: EngineState = 'starting';
  #problem: string | undefined;
  #thread: IntentThread | undefined;
  #exited: Promise<void> = Promise.resolve();
  #nextRequest = 1;
  #restarts = 0;
  #restart: Cancel | undefined;
  #closed = false;

  constructor(private readonly options: ThreadedOptions) {
    if (options.absent === undefined) this.#begin();
    else {
      this.#state = 'absent';
      this.#problem = options.absent;
    }
  }

  get state(): EngineState {
    return this.#state;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  async prepare(task: IntentTask): Promise<void> {
    if (this.#state === 'absent' || this.#tasks.has(task.id)) return;
    this.#tasks.set(task.id, task);
    if (this.#state !== 'ready') return;
    await this.#ask((request) => ({ type: 'prepare', request, task }), { deadlineMs: PREPARE_DEADLINE_MS });
  }

  async classify(task: IntentTask, text: string, limits: RequestLimits): Promise<readonly number[]> {
    if (this.#state !== 'ready')
      throw new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${this.#problem ?? 'it is starting'}.`);
    const known = this.prepare(task);
    const answer = this.#ask((request) => ({ type: 'classify', request, taskId: task.id, text }), limits);
    await Promise.all([known, answer]);
    return answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#restart?.();
    this.#fail('it is closed');
    const thread = this.#thread;
    if (!thread) return;
    const cancel = this.options.clock.after(CLOSE_WITHIN_MS, () => void thread.terminate());
    thread.postMessage({ type: 'close' });
    await this.#exited;
    cancel();
  }

  async #ask(command: (request: number) => IntentCommand, limits: RequestLimits): Promise<readonly number[]> {
    const request = this.#nextRequest++;
    const limited = limit(this.options.clock, this.name, limits);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(request, { resolve, reject });
        const stop = (): void => reject(limited.explain(limited.signal.reason));
        if (limited.signal.aborted) return stop();
        limited.signal.addEventListener('abort', stop, { once: true });
        this.#thread?.postMessage(command(request));
      });
    } finally {
      this.#waiting.delete(request);
      limited.release();
    }
  }

  #begin(): void {
    const thread = (this.#thread = this.options.start());
    thread.on('message', (report) => this.#report(report));
    thread.on('error', (error) => {
      this.#problem = error.message;
      this.options.log.warn({ err: error }, 'the intent thread failed');
    });
    this.#exited = new Promise((resolve) => {
      thread.on('exit', () => {
        resolve();
        this.#ended();
      });
    });
  }

  #report(report: IntentReport): void {
    // A thread that became ready just before it ends has no answers to give.
    if (this.#closed) return;
    switch (report.type) {
      case 'ready':
        this.#restarts = 0;
        this.#problem = undefined;
        this.#enter('ready');
        for (const task of this.#tasks.values()) this.#tell(task);
        break;
      case 'answer':
        this.#waiting.get(report.request)?.resolve(report.probabilities);
        break;
      case 'refused':
        this.#waiting
          .get(report.request)
          ?.reject(new HandrailError('HR_ENGINE_FAILED', `${this.name}: ${report.reason}.`));
        break;
    }
  }

  #tell(task: IntentTask): void {
    this.#ask((request) => ({ type: 'prepare', request, task }), { deadlineMs: PREPARE_DEADLINE_MS }).catch(
      (err: unknown) => this.options.log.warn({ err }, 'examples could not be learnt'),
    );
  }

  #ended(): void {
    if (this.#closed) return;
    this.#fail(this.#problem ?? 'its thread ended');
    const delayMs = backoffDelayMs(this.#restarts++, this.options.random());
    this.#restart = this.options.clock.after(delayMs, () => this.#begin());
  }

  #fail(problem: string): void {
    this.#problem = problem;
    if (this.#state !== 'absent') this.#enter('down');
    for (const { reject } of this.#waiting.values())
      reject(new HandrailError('HR_ENGINE_DOWN', `${this.name}: ${problem}.`));
  }

  #enter(state: EngineState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#states.emit(state);
  }
}
