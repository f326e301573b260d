import type { InferenceSession } from 'onnxruntime-node';
import { MAX_BATCH } from './batcher.js';
import { VAD_WINDOW_SAMPLES } from './port.js';

type OnnxRuntime = typeof import('onnxruntime-node');

/** Silero v5 at 8 kHz wants the last 32 samples of the window before in front of each window. */
export const CONTEXT_SAMPLES = 32;
export const INPUT_SAMPLES = CONTEXT_SAMPLES + VAD_WINDOW_SAMPLES;
/** The recurrent state is 2 × callers × 128. */
export const STATE_HALF = 128;

/** Windows of up to `MAX_BATCH` callers, each in a row, with what the model knows of each, and what it says. */
export class BatchRows {
  readonly input: Float32Array;
  /** Before the run and after: the first halves of all rows, then the second ones. */
  readonly state: Float32Array;
  readonly probabilities: Float32Array;
  /** Views of each row of `input`, and of each half in `state`: made once, for a view costs more than what is copied. */
  readonly inputs: readonly Float32Array[];
  readonly halves: readonly Float32Array[];

  /** @param memory of `BatchRows.bytes`, for two threads that share it */
  constructor(readonly memory: ArrayBufferLike = new ArrayBuffer(BatchRows.bytes)) {
    this.input = new Float32Array(memory, 0, MAX_BATCH * INPUT_SAMPLES);
    this.state = new Float32Array(memory, this.input.byteLength, 2 * MAX_BATCH * STATE_HALF);
    this.probabilities = new Float32Array(memory, this.input.byteLength + this.state.byteLength, MAX_BATCH);
    this.inputs = rowsOf(this.input, INPUT_SAMPLES);
    this.halves = rowsOf(this.state, STATE_HALF);
  }

  static readonly bytes = 4 * MAX_BATCH * (INPUT_SAMPLES + 2 * STATE_HALF + 1);
}

function rowsOf(all: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: all.length / length }, (_, row) => all.subarray(row * length, (row + 1) * length));
}

/** Judges the first `size` rows. */
export interface BatchRunner {
  run(rows: BatchRows, size: number): Promise<void>;
  /** Kept when nothing runs any more. */
  close(): Promise<void>;
}

/** Silero VAD v5 (ONNX). Its runtime computes on the thread that asks. */
export class SileroSession implements BatchRunner {
  private constructor(
    private readonly ort: OnnxRuntime,
    private readonly session: InferenceSession,
  ) {}

  /** Loads the model file (about 2.3 MB). Rejects when onnxruntime or the file is missing or not what it should be. */
  static async load(path: string): Promise<SileroSession> {
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
    const silero = new SileroSession(ort, session);
    // The first run is ten times slower than the others; a caller must not pay for it.
    await silero.run(new BatchRows(), 1);
    return silero;
  }

  async run(rows: BatchRows, size: number): Promise<void> {
    const { Tensor } = this.ort;
    // Copies: the runtime takes no memory that is shared.
    const result = await this.session.run({
      input: new Tensor('float32', rows.input.slice(0, size * INPUT_SAMPLES), [size, INPUT_SAMPLES]),
      state: new Tensor('float32', rows.state.slice(0, 2 * size * STATE_HALF), [2, size, STATE_HALF]),
      sr: new Tensor('int64', BigInt64Array.of(8_000n), []),
    });
    const probabilities = result['output']?.data;
    const next = result['stateN']?.data;
    if (!(probabilities instanceof Float32Array) || !(next instanceof Float32Array)) {
      throw new TypeError('the model does not answer as Silero v5 does');
    }
    rows.probabilities.set(probabilities);
    rows.state.set(next);
  }

  close(): Promise<void> {
    return this.session.release();
  }
}
