import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Unsubscribe } from '../kernel/emitter.js';
import { bytesOf } from './pcm.js';
import type { EngineState, Grammar, Recognition, RecognitionRequest, RequestLimits, SpeechToText } from './ports.js';
import { parseRecognition } from './whisper-answer.js';

/**
 * A recogniser that has heard before what it is given again: a run over a folder of recordings that was broken off goes on
 * where it ended. Its `timings` are those of the first time. Callers’ words lie in the files, which only their owner may read.
 */
export class KeptRecognitions implements SpeechToText {
  /** @param folder of one recogniser: another model, or other code, has another one (`recogniserHash`) */
  constructor(
    private readonly stt: SpeechToText,
    private readonly folder: string,
  ) {}

  get name(): string {
    return this.stt.name;
  }

  get state(): EngineState {
    return this.stt.state;
  }

  get problem(): string | undefined {
    return this.stt.problem;
  }

  onState(listener: (state: EngineState) => void): Unsubscribe {
    return this.stt.onState(listener);
  }

  prepare(grammar: Grammar): Promise<void> {
    return this.stt.prepare(grammar);
  }

  async recognise(request: RecognitionRequest, limits: RequestLimits): Promise<Recognition> {
    const path = join(this.folder, `${keyOf(request)}.json`);
    const kept = await readKept(path);
    if (kept) return kept;
    const heard = await this.stt.recognise(request, limits);
    await keep(path, heard);
    return heard;
  }

  close(): Promise<void> {
    return this.stt.close();
  }
}

/** Of the weights and of all that is computed with them: after any change nothing kept is taken for its answer. */
export async function recogniserHash(modelDir: string, workers: string): Promise<string> {
  const sources = (await readdir(workers, { recursive: true })).filter((name) =>
    /^(?!test_|.*\/test_).*\.(py|npz)$/.test(name),
  );
  const hash = createHash('sha256');
  for (const path of [join(modelDir, 'model.bin'), ...sources.sort().map((name) => join(workers, name))])
    hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
}

function keyOf({ samples, grammar, vocabulary, mode }: RecognitionRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([grammar?.id ?? null, vocabulary ?? null, mode ?? null]))
    .update(bytesOf(samples))
    .digest('hex');
}

/** What is not whole is heard anew. */
async function readKept(path: string): Promise<Recognition | undefined> {
  try {
    const { measured, ...answer } = JSON.parse(await readFile(path, 'utf8')) as { measured: Measured };
    return parseRecognition(answer, measured);
  } catch {
    return undefined;
  }
}

type Measured = Pick<Recognition['timings'], 'queueMs' | 'totalMs'>;

async function keep(path: string, { readings, free, noSpeechProb, timings }: Recognition): Promise<void> {
  const { queueMs, totalMs } = timings;
  const words = {
    readings: readings.map((reading) => ({ ...reading, text: reading.text.reveal(), ears: reading.ears ?? null })),
    free: free
      ? { ...free, text: free.text.reveal(), closing: free.closing ?? null, finished: free.finished ?? null }
      : null,
  };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written beside and renamed: a run that is ended in the middle leaves no half an answer.
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, JSON.stringify({ ...words, noSpeechProb, timings, measured: { queueMs, totalMs } }), {
    mode: 0o600,
  });
  await rename(beside, path);
}
