import type { Clock } from '../../kernel/clock.js';
import { Batcher } from './batcher.js';
import type { SpeechScorer } from './port.js';
import { VAD_WINDOW_SAMPLES } from './port.js';
import { BatchRows, CONTEXT_SAMPLES, INPUT_SAMPLES, STATE_HALF, type BatchRunner } from './silero-session.js';

/** What the model remembers of one caller. */
class Memory {
  readonly first = new Float32Array(STATE_HALF);
  readonly second = new Float32Array(STATE_HALF);
}

interface Request {
  readonly stream: SileroStream;
  /** The stream's at the time of asking: a reset meanwhile must not be overwritten by this window's result. */
  readonly memory: Memory;
  readonly input: Float32Array;
  readonly done: (probability: number | undefined) => void;
}

/**
 * Silero VAD v5 for all callers of a thread, wherever it computes. Windows are judged together: 0.28 ms for one caller,
 * 0.07 ms each for sixteen.
 */
export class SileroModel {
  readonly #batcher: Batcher<Request>;
  readonly #rows: BatchRows;
  /** Inputs of windows that are judged, for the next ones: with hundreds of callers there are thousands a second. */
  readonly #spare: Float32Array[] = [];

  /**
   * @param rows what the runner runs on; shared memory where it is another thread
   * @param onFailure told once; from then on nothing is judged
   */
  constructor(
    private readonly runner: BatchRunner,
    clock: Clock,
    rows: BatchRows = new BatchRows(),
    private readonly onFailure: (error: unknown) => void = () => undefined,
  ) {
    this.#rows = rows;
    this.#batcher = new Batcher(
      clock,
      (batch) => this.#run(batch),
      (request) => request.done(undefined),
    );
  }

  /** A scorer for one caller. */
  stream(): SileroStream {
    return new SileroStream(
      () => this.#spare.pop() ?? new Float32Array(INPUT_SAMPLES),
      (request) => this.#batcher.submit(request),
    );
  }

  /** Kept when nothing runs any more. A thread that ends during a run takes the whole process with it. */
  async close(): Promise<void> {
    await this.#batcher.close();
    await this.runner.close();
  }

  async #run(batch: readonly Request[]): Promise<void> {
    const { inputs, halves, probabilities } = this.#rows;
    const size = batch.length;
    for (const [row, { input, memory }] of batch.entries()) {
      inputs[row]?.set(input);
      halves[row]?.set(memory.first);
      halves[size + row]?.set(memory.second);
    }
    try {
      await this.runner.run(this.#rows, size);
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
    for (const [row, { memory, input, done }] of batch.entries()) {
      memory.first.set(halves[row] ?? memory.first);
      memory.second.set(halves[size + row] ?? memory.second);
      this.#spare.push(input);
      done(probabilities[row] ?? 0);
    }
  }
}

/** One caller's side of the model. */
export class SileroStream implements SpeechScorer {
  memory = new Memory();
  readonly #context = new Float32Array(CONTEXT_SAMPLES);

  constructor(
    private readonly spareInput: () => Float32Array,
    private readonly submit: (request: Request) => void,
  ) {}

  score(samples: Int16Array, start: number, done: (probability: number | undefined) => void): void {
    const input = this.spareInput();
    input.set(this.#context);
    for (let i = 0; i < VAD_WINDOW_SAMPLES; i++) input[CONTEXT_SAMPLES + i] = (samples[start + i] ?? 0) / 32_768;
    for (let i = 0; i < CONTEXT_SAMPLES; i++) this.#context[i] = input[VAD_WINDOW_SAMPLES + i] ?? 0;
    this.submit({ stream: this, memory: this.memory, input, done });
  }

  reset(): void {
    this.memory = new Memory();
    this.#context.fill(0);
  }
}
