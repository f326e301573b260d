import { basename } from 'node:path';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { splitClauses, type Splitting } from './clauses.js';
import { spawnFramed } from './framed-process.js';
import { PartQueue } from './part-queue.js';
import { samplesOf } from './pcm.js';
import { PooledEngine } from './pooled-engine.js';
import type { RequestLimits, TextToSpeech } from './ports.js';
import { speakable } from './speakable.js';
import { supervisionDefaults } from './supervisor.js';
import { WorkerPool } from './worker-pool.js';
import { firstMissing, workerScript } from './worker-script.js';

export interface PiperOptions {
  /** As health and metrics call it. @defaultValue 'piper' */
  readonly name?: string;
  /** The Python that has piper-tts, numpy, soxr and onnxruntime. */
  readonly python: string;
  /** The voice's .onnx file; its .onnx.json lies beside it. */
  readonly voicePath: string;
  /** Processes; each speaks one text at a time on one core. @defaultValue 1 */
  readonly workers?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** Piper for answers, and the same processes for prompts. */
export interface Piper extends TextToSpeech {
  /** For prompts that are rendered ahead of time: whole sentences, and the same samples each time for the same text. */
  readonly forPrompts: TextToSpeech;
}

/** Changes when the same text and voice would sound different: part of `voiceId`, and so of every prompt's key. */
const SOUND_VERSION = 2;

/** Starts Piper's workers. Without its files the engine is `absent`, which is no error. */
export function createPiper(options: PiperOptions): Piper {
  const { name = 'piper', python, voicePath, workers = 1, clock, log, random = Math.random } = options;
  const script = workerScript('piper_worker.py');
  const pool = new WorkerPool({
    name,
    workers,
    clock,
    log,
    random,
    absent: firstMissing([python, voicePath, `${voicePath}.json`, script]),
    finalTypes: new Set(['end']),
    options: supervisionDefaults,
    start: () =>
      spawnFramed({
        command: python,
        args: ['-B', script, '--voice', voicePath],
        env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
      }),
  });
  const voice = `${basename(voicePath, '.onnx')}-v${SOUND_VERSION}`;
  const answers = new PiperVoice(name, pool, voice, { splitting: 'early', deterministic: false });
  const forPrompts = new PiperVoice(name, pool, `${voice}-prompt`, { splitting: 'sentences', deterministic: true });
  return Object.assign(answers, { forPrompts });
}

interface Manner {
  readonly splitting: Splitting;
  readonly deterministic: boolean;
}

/** One way of speaking on a pool of workers. */
class PiperVoice extends PooledEngine implements TextToSpeech {
  constructor(
    name: string,
    pool: WorkerPool,
    readonly voiceId: string,
    private readonly manner: Manner,
  ) {
    super(name, pool);
  }

  speak(text: string, limits: RequestLimits): AsyncIterable<Int16Array> {
    const stop = new AbortController();
    const parts = new PartQueue<Int16Array>(() => stop.abort());
    const clauses = splitClauses(speakable(text), this.manner.splitting);
    if (clauses.length === 0) {
      parts.finish();
      return parts;
    }
    this.pool
      .run(
        {
          header: { type: 'speak', clauses, deterministic: this.manner.deterministic },
          onPart: (frame) => parts.push(samplesOf(frame.payload)),
        },
        { deadlineMs: limits.deadlineMs, signal: eitherSignal(stop.signal, limits.signal) },
      )
      .then(
        () => parts.finish(),
        (error: unknown) => parts.fail(error),
      );
    return parts;
  }
}

function eitherSignal(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
