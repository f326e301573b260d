import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileExpectation } from '../dialog/nlu/compile.js';
import type { ConfidenceModel } from '../dialog/nlu/confidence-model.js';
import { CachingUnderstander } from '../dialog/understander.js';
import { INTENT_MODEL, modelDir } from '../engines.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { cacheDir, homeDir } from '../kernel/paths.js';
import { createIntentClassifier } from '../local-models/intents/intent-classifier.js';
import { KeptRecognitions, recogniserHash } from '../local-models/kept-recognitions.js';
import type { IntentClassifier, SpeechToText } from '../local-models/ports.js';
import { untilStarted } from '../local-models/until-started.js';
import { createWhisper, type WhisperOptions } from '../local-models/whisper.js';
import { workerScript } from '../local-models/worker-script.js';

/** Recogniser and NLU as in a call, with one worker of one thread, for speech that lies in files. */
export interface Hearing {
  readonly stt: SpeechToText;
  /** Who hears a speaker: with `strangers`, a recogniser whose models have not learnt from that speaker. */
  sttFor(speaker: string | undefined): Promise<SpeechToText>;
  readonly intents: IntentClassifier;
  readonly understander: CachingUnderstander;
  close(): Promise<void>;
}

export interface HearingOptions {
  /** As in models/manifest.json. */
  readonly model: string;
  /** Takes what was heard before from the cache: not where recognition itself is measured. @defaultValue false */
  readonly kept?: boolean;
  /** Beams of the search. @defaultValue as in calls */
  readonly width?: number;
  /** How sure is sure. @defaultValue as recogniser and NLU say */
  readonly confidence?: ConfidenceModel | undefined;
  /**
   * Folder of models, `digits-SPEAKER.npz` and `endings-SPEAKER.npz`, that have not learnt from that speaker
   * (`bench/recognition/train_digits.py --strangers`, `train_endings.py --strangers`). What is measured on people whom the product’s own model knows says little about callers.
   */
  readonly strangers?: string | undefined;
}

/** The first recogniser of a machine builds its graphs. */
const READY_WITHIN_MS = 90_000;
/** What is found must not depend on how busy the machine is. */
const CLASSIFY_WITHIN_MS = 30_000;

/** @throws HandrailError HR_ENGINE_DOWN when there is no recogniser; without intent model words alone decide */
export async function openHearing({
  model,
  kept = false,
  width,
  confidence,
  strangers,
}: HearingOptions): Promise<Hearing> {
  const folder = modelDir(model);
  const opened: SpeechToText[] = [];
  const start = async (learnt: Learnt = {}): Promise<SpeechToText> => {
    const whisper = createWhisper({
      python: join(homeDir, 'venv', 'bin', 'python'),
      modelDir: folder,
      clock: systemClock,
      log: silentLogger,
      ...(width === undefined ? {} : { width }),
      ...learnt,
    });
    opened.push(whisper);
    await untilStarted(whisper, systemClock, READY_WITHIN_MS);
    if (whisper.state !== 'ready')
      throw new HandrailError('HR_ENGINE_DOWN', `${whisper.name}: ${whisper.problem ?? 'not ready'}.`);
    return kept ? new KeptRecognitions(whisper, await keptIn(folder, width, learnt)) : whisper;
  };
  const intents = createIntentClassifier({ modelDir: modelDir(INTENT_MODEL), clock: systemClock, log: silentLogger });
  const close = async (): Promise<void> =>
    void (await Promise.all([...opened.map((stt) => stt.close()), intents.close()]));
  try {
    await untilStarted(intents, systemClock, READY_WITHIN_MS);
    const stt = await start();
    const understander = new CachingUnderstander((expectation) =>
      compileExpectation(expectation, intents, { classifyWithinMs: CLASSIFY_WITHIN_MS, confidence }),
    );
    const others = new Map<string, Promise<SpeechToText>>();
    const sttFor = async (speaker: string | undefined): Promise<SpeechToText> => {
      if (speaker === undefined || strangers === undefined) return stt;
      const found = others.get(speaker) ?? start(learntWithout(speaker, strangers));
      others.set(speaker, found);
      return found;
    };
    return { stt, sttFor, intents, understander, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Files of the models that come along with the recogniser’s own: others in their place. */
type Learnt = Pick<WhisperOptions, 'digits' | 'endings'>;

/** @throws HandrailError HR_USAGE */
function learntWithout(speaker: string, strangers: string): Learnt {
  const found = (['digits', 'endings'] as const)
    .map((model) => [model, join(strangers, `${model}-${speaker}.npz`)] as const)
    .filter(([, file]) => existsSync(file));
  if (found.length === 0)
    throw new HandrailError('HR_USAGE', `${strangers} has neither digits-${speaker}.npz nor endings-${speaker}.npz.`);
  return Object.fromEntries(found);
}

async function keptIn(modelFolder: string, width = 0, learnt: Learnt = {}): Promise<string> {
  const hash = await recogniserHash(modelFolder, dirname(workerScript('whisper_worker.py')));
  const others = await Promise.all(
    Object.entries(learnt).map(async ([name, file]) => {
      const content = createHash('sha256').update(await readFile(file));
      return `${name}-${content.digest('hex').slice(0, 8)}`;
    }),
  );
  return join(cacheDir, 'recognitions', [hash, ...(width === 0 ? [] : [width]), ...others].join('-'));
}
