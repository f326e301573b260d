import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config/index.js';
import { parseConfidenceModel, type ConfidenceModel } from './dialog/nlu/confidence-model.js';
import { HandrailError } from './kernel/errors.js';
import { projectRoot } from './kernel/paths.js';

/** In `stt.calibration`: as recogniser and NLU say, without any model. */
export const NO_CALIBRATION = 'none';

/**
 * The confidence model of this line: the file that `stt.calibration` names, else the one that comes with Handrail for its
 * recogniser, where there is one.
 *
 * @throws HandrailError HR_CALIBRATION
 */
export async function confidenceFor({
  engine,
  model,
  calibration,
}: Pick<Config['stt'], 'engine' | 'model'> & { readonly calibration?: string | undefined }): Promise<
  ConfidenceModel | undefined
> {
  if (calibration === NO_CALIBRATION) return undefined;
  if (calibration !== undefined) return readConfidenceModel(calibration);
  const shipped = join(projectRoot, 'models', `confidence-${model}.json`);
  return engine === 'whisper' && existsSync(shipped) ? readConfidenceModel(shipped) : undefined;
}

async function readConfidenceModel(path: string): Promise<ConfidenceModel> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new HandrailError('HR_CALIBRATION', `${path} cannot be read as JSON.`, { cause });
  }
  return parseConfidenceModel(value, path);
}

export function writeConfidenceModel(path: string, model: ConfidenceModel): Promise<void> {
  return writeFile(path, `${JSON.stringify(model, undefined, 2)}\n`);
}
