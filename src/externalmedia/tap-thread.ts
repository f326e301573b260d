import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { MediaLog } from './media-log.js';
import type { TapSource } from './media-thread-taps.js';

/** The main thread's end of the writer thread. It is started with the first file that is to be written. */
export class TapThread {
  #worker: Worker | undefined;
  #lastTap = 0;

  constructor(private readonly log: MediaLog) {}

  /** A number for a file that is about to be written. */
  nextTap(): number {
    return ++this.#lastTap;
  }

  /** A way to the writer for one media thread. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const message: TapSource = { source: port2 };
    this.#started().postMessage(message, [port2]);
    return port1;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./media-thread-taps.js', import.meta.url), { name: 'media-taps' });
    worker.on('message', (trouble: { readonly what: string; readonly detail: string }) =>
      this.log.warn({ ...trouble }, 'a recording or capture cannot be written'),
    );
    worker.on('error', (error) => this.log.warn({ err: error }, 'the thread that writes recordings failed'));
    worker.on('exit', () => (this.#worker = undefined));
    worker.unref();
    return (this.#worker = worker);
  }
}
