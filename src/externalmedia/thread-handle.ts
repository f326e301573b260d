import { Worker } from 'node:worker_threads';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { LatenessSnapshot } from './lateness.js';
import type { MediaLog } from './media-log.js';
import type { LegCommand, MediaAnswer, MediaCommand, MediaReport, MediaThreadData } from './messages.js';
import type { TapThread } from './tap-thread.js';
import type { LegOptions, LegStats, LegTotals, MediaEvent } from './port.js';

interface PendingRequest {
  readonly resolve: (answer: Exclude<MediaAnswer, { type: 'failed' }>) => void;
  readonly reject: (error: Error) => void;
}

/** What the owner of a leg is told. */
export interface LegListener {
  event(event: MediaEvent): void;
  /** Once, after `closeLeg`: the last counters, or `undefined` when the thread died. */
  ended(stats: LegStats | undefined): void;
}

/** A thread that does not close its sockets by then is stuck, and ended all the same. */
const STOP_WITHIN_MS = 1_000;

/** The main thread's end of one media thread: numbers legs and requests, and hands events to their legs. */
export class ThreadHandle {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #legs = new Map<number, LegListener>();
  readonly #closing = new Map<number, LegListener>();
  /** Kept when the thread knows how it judges voice: a call that came before would be without the model. */
  readonly #ready: Promise<void>;
  #setReady: () => void = () => undefined;
  #hasTaps = false;
  #setStopped: () => void = () => undefined;
  #nextNumber = 1;
  #dead = false;

  /** @param onDeath called once when the thread ended by itself, after its legs were told */
  constructor(
    data: MediaThreadData,
    private readonly clock: Clock,
    private readonly log: MediaLog,
    private readonly taps: TapThread,
    private readonly onDeath: () => void,
  ) {
    this.#ready = new Promise((resolve) => (this.#setReady = resolve));
    this.#worker = new Worker(new URL('./media-thread.js', import.meta.url), { workerData: data, name: 'media' });
    this.#worker.on('message', (report: MediaReport) => this.#report(report));
    this.#worker.on('error', (error) => this.log.warn({ err: error }, 'a media thread failed'));
    this.#worker.on('exit', () => this.#died());
  }

  /** How many legs it serves. */
  get legs(): number {
    return this.#legs.size;
  }

  get isAlive(): boolean {
    return !this.#dead;
  }

  /** Opens a leg whose events go to `listener`, and resolves with its number and UDP port. */
  async open(
    { codec, host, transport = 'rtp' }: Omit<LegOptions, 'callId'>,
    listener: LegListener,
  ): Promise<{ readonly leg: number; readonly port: number }> {
    const leg = this.#nextNumber++;
    this.#legs.set(leg, listener);
    try {
      await this.#ready;
      const answer = await this.#ask({ type: 'open', leg, codec, host, transport });
      if (answer.type === 'opened') return { leg, port: answer.port };
      throw new HandrailError('HR_MEDIA_FAILED', `unexpected answer ${answer.type}`);
    } catch (error) {
      this.#legs.delete(leg);
      throw error;
    }
  }

  send(command: LegCommand): void {
    if (!this.#dead) this.#worker.postMessage(command);
  }

  /** Begins a recording or capture of a leg, or ends it. */
  tap(type: 'record' | 'capture', leg: number, path: string | undefined): void {
    if (this.#dead) return;
    if (path !== undefined && !this.#hasTaps) {
      this.#hasTaps = true;
      const port = this.taps.connect();
      const command: MediaCommand = { type: 'taps', port };
      this.#worker.postMessage(command, [port]);
    }
    this.send({ type, leg, tap: this.taps.nextTap(), path });
  }

  /** Closes a leg; it gets no event any more but its `ended`. */
  closeLeg(leg: number): void {
    const listener = this.#legs.get(leg);
    if (!listener) return;
    this.#legs.delete(leg);
    this.#closing.set(leg, listener);
    this.send({ type: 'close', leg });
  }

  async legStats(leg: number): Promise<LegStats> {
    const answer = await this.#ask({ type: 'leg-stats', leg });
    if (answer.type === 'leg-stats') return answer.stats;
    throw new HandrailError('HR_MEDIA_FAILED', `unexpected answer ${answer.type}`);
  }

  async stats(): Promise<{ readonly legs: number; readonly lateness: LatenessSnapshot; readonly packets: LegTotals }> {
    const answer = await this.#ask({ type: 'thread-stats' });
    if (answer.type === 'thread-stats') return answer;
    throw new HandrailError('HR_MEDIA_FAILED', `unexpected answer ${answer.type}`);
  }

  /**
   * Ends the thread, and its legs with their last counters. The sockets are closed first: Node 20 aborts the whole process
   * when a thread is terminated while a datagram comes in.
   */
  async close(): Promise<void> {
    for (const leg of [...this.#legs.keys()]) this.closeLeg(leg);
    if (!this.#dead) {
      const stopped = new Promise<void>((resolve) => (this.#setStopped = resolve));
      const cancel = this.clock.after(STOP_WITHIN_MS, this.#setStopped);
      const command: MediaCommand = { type: 'stop' };
      this.#worker.postMessage(command);
      await stopped;
      cancel();
    }
    await this.#worker.terminate();
  }

  #ask(command: Unnumbered): Promise<Exclude<MediaAnswer, { type: 'failed' }>> {
    if (this.#dead) return Promise.reject(new HandrailError('HR_MEDIA_FAILED', 'the media thread has ended'));
    const request = this.#nextNumber++;
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { resolve, reject });
      const numbered: MediaCommand = { ...command, request };
      this.#worker.postMessage(numbered);
    });
  }

  #report(report: MediaReport): void {
    switch (report.type) {
      case 'event':
        this.#legs.get(report.leg)?.event(report.event);
        return;
      case 'closed':
        this.#closing.get(report.leg)?.ended(report.stats);
        this.#closing.delete(report.leg);
        return;
      case 'stopped':
        this.#setStopped();
        return;
      case 'vad':
        this.#setReady();
        if (report.judge === 'model') this.log.info({ judge: report.judge }, 'voice activity detection is ready');
        else this.log.warn({ reason: report.reason }, 'no speech model: the energy gate alone detects voice');
        return;
      case 'sockets':
        if (report.kind === 'native') this.log.info({ sockets: report.kind }, 'media sockets are ready');
        else this.log.warn({ reason: report.reason }, 'the native media sockets are not built: Node’s own cost more');
        return;
      case 'priority':
        this.log.info({ priority: report.got }, 'a media thread is scheduled');
        return;
      case 'trouble':
        this.log.warn({ what: report.what, detail: report.detail }, 'trouble on a media thread');
        return;
      case 'failed':
        this.#settle(report.request)?.reject(new HandrailError(report.code, report.where));
        return;
      default:
        this.#settle(report.request)?.resolve(report);
    }
  }

  #settle(request: number): PendingRequest | undefined {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    return pending;
  }

  #died(): void {
    this.#dead = true;
    this.#setReady();
    this.#setStopped();
    for (const { reject } of this.#pending.values()) {
      reject(new HandrailError('HR_MEDIA_FAILED', 'the media thread has ended'));
    }
    this.#pending.clear();
    const legs = [...this.#legs.values()];
    const all = [...legs, ...this.#closing.values()];
    this.#legs.clear();
    this.#closing.clear();
    for (const listener of legs) listener.event({ type: 'media-lost', atMs: this.clock.nowMs(), silentMs: 0 });
    for (const listener of all) listener.ended(undefined);
    this.onDeath();
  }
}

type Unnumbered = {
  [Type in 'open' | 'leg-stats' | 'thread-stats']: Omit<Extract<MediaCommand, { type: Type }>, 'request'>;
}['open' | 'leg-stats' | 'thread-stats'];
