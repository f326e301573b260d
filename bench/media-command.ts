import { existsSync } from 'node:fs';
import { findSpeechFolder } from '../src/cli/synthetic-speech.js';
import { modelFile } from '../src/engines.js';
import { systemClock } from '../src/kernel/clock.js';
import { madeUpClip, recordedClip } from './media-material.js';
import { measureMedia } from './media.js';
import { count, report, readOptions } from './tools.js';

const ORDERS = 20;

/** `npm run bench -- media`. @throws HandrailError HR_USAGE */
export async function benchMedia(args: readonly string[], print: (line: string) => void): Promise<void> {
  const values = readOptions(args, ['speech', 'seconds', 'legs', 'set-ups', 'bridged', 'orders', 'only', 'json']);
  const folder = values.speech ?? findSpeechFolder()?.path;
  const vadModelPath = modelFile('silero-vad-v5', '.onnx');
  print(folder === undefined ? 'Callers: a made-up vowel' : `Callers: recorded orders in ${folder}`);
  if (!existsSync(vadModelPath)) print('There is no speech model here: voice is detected by energy alone.');
  const fromMs = systemClock.nowMs();
  const result = await measureMedia({
    vadModelPath: existsSync(vadModelPath) ? vadModelPath : undefined,
    clip: folder === undefined ? madeUpClip() : await recordedClip(folder, ORDERS),
    watchMs: 1_000 * count('--seconds', values.seconds ?? '5'),
    legs: (values.legs ?? '100,200,300,400,500').split(',').map((text) => count('--legs', text)),
    setUps: count('--set-ups', values['set-ups'] ?? '10000'),
    bridged: countOrNone('--bridged', values.bridged ?? '200'),
    orders: countOrNone('--orders', values.orders ?? '24'),
    speechFolder: folder,
    only: values.only ?? '',
    print,
  });
  print(`Took ${((systemClock.nowMs() - fromMs) / 1_000).toFixed(0)} s.`);
  await report(result, values.json, print);
}

function countOrNone(name: string, text: string): number {
  return text === '0' ? 0 : count(name, text);
}
