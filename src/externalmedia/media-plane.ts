import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { addTotals, noTotals } from './leg-totals.js';
import { summariseLateness } from './lateness.js';
import { silentLog } from './media-log.js';
import type { MediaLog } from './media-log.js';
import { TapThread } from './tap-thread.js';
import { chooseThread } from './thread-choice.js';
import { ThreadHandle } from './thread-handle.js';
import { WorkerLeg } from './worker-leg.js';
import type { LegOptions, MediaLeg, MediaPlane, MediaPlaneStats } from './port.js';

export interface MediaPlaneOptions {
  /** Media threads; a new call goes to the one with the fewest. @defaultValue 1 */
  readonly threads?: number;
  /** Calls on one of them. @defaultValue no bound */
  readonly callsPerThread?: number;
  /** Silero v5's ONNX file. Without it, or when it cannot be loaded, the energy gate alone judges voice. */
  readonly vadModelPath?: string;
  /** Whether media threads go before the machine's other work, as far as the system allows. @defaultValue 'high' */
  readonly priority?: 'high' | 'normal';
  readonly clock: Clock;
  readonly log?: MediaLog;
}

/** A thread that dies at once must not be restarted in a loop. */
const RESTART_AFTER_MS = 500;

/** The media plane on worker threads. A thread that dies is replaced; its calls get `media-lost`. */
export function createMediaPlane(options: MediaPlaneOptions): MediaPlane {
  return new WorkerMediaPlane(options);
}

class WorkerMediaPlane implements MediaPlane {
  readonly #threads: ThreadHandle[];
  readonly #log: MediaLog;
  readonly #taps: TapThread;
  #closed = false;

  constructor(private readonly options: MediaPlaneOptions) {
    this.#log = options.log ?? silentLog;
    this.#taps = new TapThread(this.#log);
    this.#threads = Array.from({ length: Math.max(1, options.threads ?? 1) }, (_, index) => this.#startThread(index));
  }

  async openLeg(options: LegOptions): Promise<MediaLeg> {
    if (this.#closed) throw new HandrailError('HR_MEDIA_FAILED', 'the media plane is closed');
    const thread = chooseThread(this.#threads, this.options.callsPerThread ?? Number.POSITIVE_INFINITY);
    return WorkerLeg.open(thread, options);
  }

  async stats(): Promise<MediaPlaneStats> {
    const alive = this.#threads.filter((thread) => thread.isAlive);
    const all = await Promise.all(alive.map((thread) => thread.stats()));
    return {
      legs: all.reduce((sum, { legs }) => sum + legs, 0),
      packets: all.reduce((sum, { packets }) => addTotals(sum, packets), noTotals),
      lateness: summariseLateness(all.map(({ lateness }) => lateness)),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread.close()));
    await this.#taps.close();
  }

  #startThread(index: number): ThreadHandle {
    const { clock, vadModelPath, priority = 'high' } = this.options;
    return new ThreadHandle({ vadModelPath, first: priority === 'high' }, clock, this.#log, this.#taps, () => {
      if (this.#closed) return;
      this.#log.warn({ thread: index }, 'a media thread died and is replaced');
      clock.after(RESTART_AFTER_MS, () => {
        if (!this.#closed) this.#threads[index] = this.#startThread(index);
      });
    });
  }
}
