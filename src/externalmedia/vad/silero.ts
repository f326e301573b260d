import type { Clock } from '../../kernel/clock.js';
import { Batcher } from './batcher.js';
import type { SpeechScorer } from './port.js';
import { VAD_WINDOW_SAMPLES } from './port.js';
import { BatchRows, CONTEXT_SAMPLES, INPUT_SAMPLES, STATE_HALF, type BatchRunner } from './silero-session.js';

interface Request {
  readonly stream: SileroStream;
  /** The stream's state at the time of asking: a reset meanwhile must not be overwritten by this window's result. */
  readonly state: Float32Array;
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
    return new SileroStream((request) => this.#batcher.submit(request));
  }

  /** Kept when nothing runs any more. A thread that ends during a run takes the whole process with it. */
  async close(): Promise<void> {
    await this.#batcher.close();
    await this.runner.close();
  }

  async #run(batch: readonly Request[]): Promise<void> {
    const { input, state, probabilities } = this.#rows;
    const size = batch.length;
    batch.forEach((request, row) => {
      input.set(request.input, row * INPUT_SAMPLES);
      state.set(request.state.subarray(0, STATE_HALF), row * STATE_HALF);
      state.set(request.state.subarray(STATE_HALF), (size + row) * STATE_HALF);
    });
    try {
      await this.runner.run(this.#rows, size);
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
    batch.forEach((request, row) => {
      request.state.set(state.subarray(row * STATE_HALF, (row + 1) * STATE_HALF), 0);
      request.state.set(state.subarray((size + row) * STATE_HALF, (size + row + 1) * STATE_HALF), STATE_HALF);
      request.done(probabilities[row] ?? 0);
    });
  }
}

/** One caller's side of the model. */
export class SileroStream implements SpeechScorer {
  /** Both halves of the recurrent state, one after the other. */
  state = new Float32Array(2 * STATE_HALF);
  readonly #context = new Float32Array(CONTEXT_SAMPLES);

  constructor(private readonly submit: (request: Request) => void) {}

  score(window: Int16Array, done: (probability: number | undefined) => void): void {
    const input = new Float32Array(INPUT_SAMPLES);
    input.set(this.#context);
    for (let i = 0; i < VAD_WINDOW_SAMPLES; i++) input[CONTEXT_SAMPLES + i] = (window[i] ?? 0) / 32_768;
    this.#context.set(input.subarray(INPUT_SAMPLES - CONTEXT_SAMPLES));
    this.submit({ stream: this, state: this.state, input, done });
  }

  reset(): void {
    this.state = new Float32Array(2 * STATE_HALF);
    this.#context.fill(0);
  }
}
