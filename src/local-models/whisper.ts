import { join } from 'node:path';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import { cacheDir as usualCacheDir } from '../kernel/paths.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import { spawnFramed } from './framed-process.js';
import { bytesOf } from './pcm.js';
import { PooledEngine } from './pooled-engine.js';
import type { Grammar, Recognition, RecognitionRequest, RequestLimits, SpeechToText } from './ports.js';
import { supervisionDefaults, type Preparation } from './supervisor.js';
import { parseRecognition } from './whisper-answer.js';
import { WorkerPool, type PoolAnswer, type PoolRequest } from './worker-pool.js';
import { firstMissing, workerScript } from './worker-script.js';

export interface WhisperOptions {
  /** The Python that has onnx, onnxruntime, numpy, soxr and tokenizers. */
  readonly python: string;
  /** Folder with model.bin, config.json, tokenizer.json and vocabulary.txt. */
  readonly modelDir: string;
  /** Processes; each recognises one utterance at a time. @defaultValue 1 */
  readonly workers?: number;
  /** Threads of each process. @defaultValue 1 */
  readonly threads?: number;
  /** Beams that the search keeps; more hear better and take longer. @defaultValue 8 */
  readonly width?: number;
  /** File of a digit model in place of the one that comes along. @defaultValue as in calls */
  readonly digits?: string;
  /** File of a model of endings, likewise. @defaultValue as in calls */
  readonly endings?: string;
  /** Where the graphs that are built at the first start are kept. @defaultValue HANDRAIL_HOME/cache */
  readonly cacheDir?: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** Grammar readings that are asked for: enough for a posterior and for "did you mean". */
const MAX_READINGS = 5;
/** Making a grammar known takes milliseconds; a worker may be busy with an utterance before. */
const PREPARE_DEADLINE_MS = 5_000;

/** The first start on a machine builds the graphs that later ones load. */
const READY_LIMIT_MS = 90_000;

/** Starts Whisper's workers. Without its files the engine is `absent`, which is no error. */
export function createWhisper(options: WhisperOptions): SpeechToText {
  const { python, modelDir, workers = 1, threads = 1, width, digits, endings } = options;
  const { clock, log, random = Math.random } = options;
  const cacheDir = options.cacheDir ?? usualCacheDir;
  const script = workerScript('whisper_worker.py');
  const pool = new WorkerPool({
    name: 'whisper',
    workers,
    clock,
    log,
    random,
    absent: firstMissing([python, join(modelDir, 'model.bin'), script]),
    finalTypes: new Set(['result', 'prepared']),
    options: { ...supervisionDefaults, readyLimitMs: READY_LIMIT_MS },
    start: () =>
      spawnFramed({
        command: python,
        args: [
          ...['-B', script, '--model', modelDir, '--threads', String(threads), '--cache', cacheDir],
          ...(width === undefined ? [] : ['--width', String(width)]),
          ...(digits === undefined ? [] : ['--digits', digits]),
          ...(endings === undefined ? [] : ['--endings', endings]),
        ],
        // More BLAS threads than cores of its own triple the time of a decode.
        env: { OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) },
      }),
  });
  return new Whisper(pool, clock);
}

/** The speech-to-text port on a pool of workers that speak the recognition protocol. */
export class Whisper extends PooledEngine implements SpeechToText {
  constructor(
    pool: WorkerPool,
    private readonly clock: Clock,
  ) {
    super('whisper', pool);
  }

  prepare(grammar: Grammar): Promise<void> {
    return this.pool.prepare(preparationOf(grammar), { deadlineMs: PREPARE_DEADLINE_MS });
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    const startedAtMs = this.clock.nowMs();
    const { samples, grammar, vocabulary, mode = grammar ? 'grammar' : 'free' } = request;
    const poolRequest: PoolRequest = {
      header: {
        type: 'recognise',
        grammarId: grammar && mode === 'grammar' ? grammar.id : null,
        vocabulary: vocabulary ?? null,
        mode,
        rateHz: TELEPHONE_RATE_HZ,
        maxReadings: MAX_READINGS,
        deadlineMs: limits.deadlineMs,
      },
      payload: bytesOf(samples),
      ...(grammar && mode === 'grammar' ? { preparation: preparationOf(grammar) } : {}),
    };
    const answer = await this.#ask(poolRequest, limits);
    const totalMs = this.clock.nowMs() - startedAtMs;
    return parseRecognition(answer.frame.header, { queueMs: answer.queueMs, totalMs });
  }

  /** A worker may have dropped a grammar of its own accord: it is told again, once, within the same deadline. */
  async #ask(request: PoolRequest, limits: RequestLimits): Promise<PoolAnswer> {
    const startedAtMs = this.clock.nowMs();
    try {
      return await this.pool.run(request, limits);
    } catch (error) {
      const { preparation } = request;
      if (!preparation || !isUnknownGrammar(error)) throw error;
      this.pool.forget(preparation.key);
      const leftMs = limits.deadlineMs - (this.clock.nowMs() - startedAtMs);
      return await this.pool.run(request, { ...limits, deadlineMs: leftMs });
    }
  }
}

function preparationOf(grammar: Grammar): Preparation {
  const arcs = grammar.arcs.map(({ from, to, phrase, weight = 0 }) => [from, to, phrase, weight]);
  const { id, finals, digits } = grammar;
  return {
    key: id,
    header: { type: 'prepare', grammar: { id, arcs, finals, digits: digits ? [digits.min, digits.max] : null } },
  };
}

function isUnknownGrammar(error: unknown): boolean {
  return error instanceof HandrailError && error.code === 'HR_ENGINE_FAILED' && /unknown.grammar/i.test(error.where);
}
