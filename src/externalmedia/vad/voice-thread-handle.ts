import { Worker } from 'node:worker_threads';
import type { Clock } from '../../kernel/clock.js';
import { SileroModel } from './silero.js';
import { BatchRows, type BatchRunner } from './silero-session.js';
import type { VoiceCommand, VoiceReport, VoiceThreadData } from './voice-messages.js';

/**
 * Silero on a thread of its own. Rejects when onnxruntime or the file is missing or not what it should be.
 *
 * @param onFailure told once when it fails later: energy judges from then on
 */
export async function startVoiceModel(
  modelPath: string,
  clock: Clock,
  onFailure: (error: unknown) => void,
): Promise<SileroModel> {
  const memory = new SharedArrayBuffer(BatchRows.bytes);
  return new SileroModel(await VoiceThread.start({ modelPath, memory }), clock, new BatchRows(memory), onFailure);
}

/** The media thread's end of it: one question at a time, about rows in shared memory. */
class VoiceThread implements BatchRunner {
  #pending: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  static async start(data: VoiceThreadData): Promise<VoiceThread> {
    const worker = new Worker(new URL('./voice-thread.js', import.meta.url), { workerData: data, name: 'voice' });
    const thread = new VoiceThread(worker);
    try {
      await thread.#answer();
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return thread;
  }

  private constructor(private readonly worker: Worker) {
    worker.on('message', (report: VoiceReport) => {
      if (report.type === 'failed') this.#settle(new Error(report.reason));
      else this.#settle();
    });
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(new Error('the voice thread has ended')));
  }

  run(_rows: BatchRows, size: number): Promise<void> {
    return this.#ask({ type: 'run', size });
  }

  async close(): Promise<void> {
    // Ended in the middle of a computation it would take the process with it.
    await this.#ask({ type: 'stop' }).catch(() => undefined);
    await this.worker.terminate();
  }

  #ask(command: VoiceCommand): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    const answer = this.#answer();
    this.worker.postMessage(command);
    return answer;
  }

  #answer(): Promise<void> {
    return new Promise((resolve, reject) => (this.#pending = { resolve, reject }));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#settle(this.#ended);
  }

  #settle(error?: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (error) pending?.reject(error);
    else pending?.resolve();
  }
}
