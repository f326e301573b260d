import { readFile, writeFile } from 'node:fs/promises';
import { parseConfidenceModel, type ConfidenceModel } from './dialog/nlu/confidence-model.js';
import { HandrailError } from './kernel/errors.js';

/** @throws HandrailError HR_CALIBRATION when the file is not there, is no JSON, or no model */
export async function readConfidenceModel(path: string): Promise<ConfidenceModel> {
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
