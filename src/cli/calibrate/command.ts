import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeConfidenceModel } from '../../calibration-file.js';
import { CONFIDENCE_VERSION } from '../../dialog/nlu/confidence-model.js';
import { meaningKey } from '../../dialog/nlu/walk.js';
import { loadFlow } from '../../flow/load.js';
import { defaultsOf, type Flow } from '../../flow/schema.js';
import { systemClock } from '../../kernel/clock.js';
import { HandrailError } from '../../kernel/errors.js';
import { projectRoot } from '../../kernel/paths.js';
import { openHearing } from '../hearing.js';
import { progressOf } from '../progress.js';
import { fitModel, type Judged } from './fit.js';
import { readMaterial, type Material } from './material.js';
import { describeFit } from './report.js';

export const calibrateUsage = `npx handrail calibrate --speech DIR [--flow FILE] [--out FILE] [--model ID] [--limit N] [--strangers DIR]
                                     fit how sure Handrail is on recordings of your callers`;

/** Nobody waits on the telephone here. */
const DEADLINE_MS = 120_000;
/** Fewer right or wrong answers than this teach nothing. */
const LEAST_OF_EACH = 20;

/** @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function run(args: string[]): Promise<number> {
  const { speech, flow: flowFile, out, model, limit, strangers } = readOptions(args);
  const flow = await loadFlow(flowFile);
  const material = await readMaterial(speech, flow, limit);
  console.log(
    `${material.recordings} recordings of ${speech}, ${material.utterances.length} answers to hear, the flow ${flow.id}, ${model}`,
  );
  const judged = await judgeAll(material, model, strangers);
  requireBoth(judged);
  for (const line of describeFit(judged, thresholdsOf(flow))) console.log(line);
  await writeConfidenceModel(out, {
    version: CONFIDENCE_VERSION,
    recogniser: model,
    answers: judged.length,
    ...fitModel(judged),
  });
  console.log(`Written to ${out}. Name it in stt.calibration (HANDRAIL_STT_CALIBRATION) and start anew.`);
  return 0;
}

async function judgeAll(material: Material, model: string, strangers?: string): Promise<readonly Judged[]> {
  const { sttFor, understander, close } = await openHearing({ model, kept: true, strangers });
  const step = progressOf(material.utterances.length, systemClock, (line) => console.log(line));
  const judged: Judged[] = [];
  try {
    for (const make of material.utterances) {
      const { kind, expectation, samples, truth, recording, speaker } = await make();
      const compiled = understander.compile(expectation);
      const request = {
        samples,
        vocabulary: compiled.vocabulary,
        ...(compiled.grammar && { grammar: compiled.grammar }),
      };
      const heard = await (await sttFor(speaker)).recognise(request, { deadlineMs: DEADLINE_MS });
      const { hypotheses, evidence } = await compiled.understand(heard);
      step();
      const [best] = hypotheses;
      if (!best || !evidence) continue;
      const right = truth !== undefined && meaningKey(truth) === meaningKey(best.meaning);
      judged.push({ evidence, said: best.probability, right, recording, kind });
    }
  } finally {
    await close();
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
      options: { speech: option, flow: option, out: option, model: option, limit: option, strangers: option },
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
    strangers: values.strangers,
  };
}
