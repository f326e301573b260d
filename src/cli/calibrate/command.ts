import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeConfidenceModel } from '../../calibration-file.js';
import { compileExpectation } from '../../dialog/nlu/compile.js';
import { evidenceOf } from '../../dialog/nlu/confidence-model.js';
import { meaningKey } from '../../dialog/nlu/walk.js';
import { CachingUnderstander } from '../../dialog/understander.js';
import { INTENT_MODEL, modelDir } from '../../engines.js';
import { loadFlow } from '../../flow/load.js';
import { defaultsOf, type Flow } from '../../flow/schema.js';
import { systemClock } from '../../kernel/clock.js';
import { HandrailError } from '../../kernel/errors.js';
import { silentLogger } from '../../kernel/log.js';
import { homeDir, projectRoot } from '../../kernel/paths.js';
import { createIntentClassifier } from '../../local-models/intents/intent-classifier.js';
import { untilStarted } from '../../local-models/until-started.js';
import { createWhisper } from '../../local-models/whisper.js';
import { crossValidated, fitModel, type Judged } from './fit.js';
import { readMaterial, type Material } from './material.js';
import { describeFit } from './report.js';

export const calibrateUsage = `npx handrail calibrate --speech DIR [--flow FILE] [--out FILE] [--model ID] [--limit N]
                                     fit how sure Handrail is on recordings of your callers`;

const READY_WITHIN_MS = 90_000;
/** Nobody waits on the telephone here. */
const DEADLINE_MS = 120_000;
/** Fewer right or wrong answers than this teach nothing. */
const LEAST_OF_EACH = 20;

/** @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function run(args: string[]): Promise<number> {
  const { speech, flow: flowFile, out, model, limit } = readOptions(args);
  const flow = await loadFlow(flowFile);
  const material = await readMaterial(speech, flow, limit);
  console.log(`${material.recordings} recordings of ${speech}, the flow ${flow.id}, ${model}`);
  const judged = await judgeAll(material, model);
  requireBoth(judged);
  for (const line of describeFit(judged, crossValidated(judged), thresholdsOf(flow))) console.log(line);
  await writeConfidenceModel(out, { version: 1, recogniser: model, answers: judged.length, ...fitModel(judged) });
  console.log(`Written to ${out}. Name it in stt.calibration (HANDRAIL_STT_CALIBRATION) and start anew.`);
  return 0;
}

async function judgeAll(material: Material, model: string): Promise<readonly Judged[]> {
  const stt = createWhisper({
    python: join(homeDir, 'venv', 'bin', 'python'),
    modelDir: modelDir(model),
    clock: systemClock,
    log: silentLogger,
  });
  const intents = createIntentClassifier({ modelDir: modelDir(INTENT_MODEL), clock: systemClock, log: silentLogger });
  const understander = new CachingUnderstander((expectation) => compileExpectation(expectation, intents));
  const judged: Judged[] = [];
  try {
    await untilStarted(intents, systemClock, READY_WITHIN_MS);
    await untilStarted(stt, systemClock, READY_WITHIN_MS);
    if (stt.state !== 'ready') throw new HandrailError('HR_ENGINE_DOWN', `${stt.name}: ${stt.problem ?? 'not ready'}.`);
    for await (const { expectation, samples, truth, recording } of material.utterances()) {
      const compiled = understander.compile(expectation);
      const request = {
        samples,
        vocabulary: compiled.vocabulary,
        ...(compiled.grammar && { grammar: compiled.grammar }),
      };
      const heard = await stt.recognise(request, { deadlineMs: DEADLINE_MS });
      const { hypotheses } = await compiled.understand(heard);
      const [best] = hypotheses;
      if (!best) continue;
      const right = truth !== undefined && meaningKey(truth) === meaningKey(best.meaning);
      judged.push({ evidence: evidenceOf(heard, hypotheses), said: best.probability, right, recording });
    }
  } finally {
    await Promise.all([stt.close(), intents.close()]);
  }
  return judged;
}

function requireBoth(judged: readonly Judged[]): void {
  const right = judged.filter((one) => one.right).length;
  if (Math.min(right, judged.length - right) >= LEAST_OF_EACH) return;
  throw new HandrailError(
    'HR_USAGE',
    `Of ${judged.length} answers ${right} were right: at least ${LEAST_OF_EACH} right and ${LEAST_OF_EACH} wrong ones are needed. ` +
      'Add recordings, some of them in noise, or of speech that means nothing here.',
  );
}

function thresholdsOf(flow: Flow): { readonly accept: number; readonly confirm: number } {
  const { accept, confirm } = defaultsOf(flow);
  return { accept, confirm };
}

function readOptions(args: string[]) {
  const option = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args,
      options: { speech: option, flow: option, out: option, model: option, limit: option },
    }).values;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HandrailError('HR_USAGE', `${message}\n${calibrateUsage}`, { cause });
  }
  const { speech, limit = '100000' } = values;
  if (speech === undefined) throw new HandrailError('HR_USAGE', `--speech DIR is missing.\n${calibrateUsage}`);
  if (!/^[1-9]\d{0,5}$/.test(limit))
    throw new HandrailError('HR_USAGE', `--limit wants a whole number from 1, not "${limit}".`);
  return {
    speech,
    flow: values.flow ?? join(projectRoot, 'flows', 'cafe.json'),
    out: values.out ?? 'confidence.json',
    model: values.model ?? 'whisper-tiny.en',
    limit: Number(limit),
  };
}
