import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config/index.js';
import { isOutdated, parseConfidenceModel, type ConfidenceModel } from './dialog/nlu/confidence-model.js';
import { HandrailError } from './kernel/errors.js';
import { projectRoot } from './kernel/paths.js';

/** In `stt.calibration`: as recogniser and NLU say, without any model. */
export const NO_CALIBRATION = 'none';

/**
 * The confidence model of this line: the file that `stt.calibration` names, else the one that comes with Handrail for its
 * recogniser, where there is one. An upgrade does not stop a line whose own model was fitted before it: the one that comes
 * with it has to do until `handrail calibrate` has run again.
 *
 * @param onOutdated told the path of a model that is not used for that reason
 * @throws HandrailError HR_CALIBRATION
 */
export async function confidenceFor(
  {
    engine,
    model,
    calibration,
  }: Pick<Config['stt'], 'engine' | 'model'> & { readonly calibration?: string | undefined },
  onOutdated: (path: string) => void = () => undefined,
): Promise<ConfidenceModel | undefined> {
  if (calibration === NO_CALIBRATION) return undefined;
  if (calibration !== undefined) {
    const value = await readJson(calibration);
    if (!isOutdated(value)) return parseConfidenceModel(value, calibration);
    onOutdated(calibration);
  }
  const shipped = join(projectRoot, 'models', `confidence-${model}.json`);
  return engine === 'whisper' && existsSync(shipped)
    ? parseConfidenceModel(await readJson(shipped), shipped)
    : undefined;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new HandrailError('HR_CALIBRATION', `${path} cannot be read as JSON.`, { cause });
  }
}

export function writeConfidenceModel(path: string, model: ConfidenceModel): Promise<void> {
  return writeFile(path, `${JSON.stringify(model, undefined, 2)}\n`);
}
