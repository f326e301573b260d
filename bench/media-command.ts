import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { findSpeechFolder } from '../src/cli/synthetic-speech.js';
import { HandrailError } from '../src/kernel/errors.js';
import { modelFile } from '../src/engines.js';
import { describeMachine, isInconclusive } from './machine.js';
import { madeUpClip, recordedClip } from './media-material.js';
import { measureMedia } from './media.js';

const usage = `npm run bench -- media [--speech DIR] [--seconds N] [--legs 100,300,500] [--set-ups N] [--bridged N] [--orders N] [--json FILE]
  media   what a call's media costs: packets a second, legs a thread, CPU, memory, delay, calls beside a flood, calls
          through a real Asterisk (--bridged, 0 for none), and orders understood through bad lines (--orders, 0 for none)`;

const ORDERS = 20;

/** `npm run bench -- media`. @throws HandrailError HR_USAGE */
export async function benchMedia(args: readonly string[], print: (line: string) => void): Promise<void> {
  const option = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        speech: option,
        seconds: option,
        legs: option,
        'set-ups': option,
        bridged: option,
        orders: option,
        json: option,
      },
    }).values;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${usage}`, {
      cause,
    });
  }
  const folder = values.speech ?? findSpeechFolder()?.path;
  const vadModelPath = modelFile('silero-vad-v5', '.onnx');
  print(folder === undefined ? 'Callers: a made-up vowel' : `Callers: recorded orders in ${folder}`);
  if (!existsSync(vadModelPath)) print('There is no speech model here: voice is detected by energy alone.');
  const result = await measureMedia({
    vadModelPath: existsSync(vadModelPath) ? vadModelPath : undefined,
    clip: folder === undefined ? madeUpClip() : await recordedClip(folder, ORDERS),
    watchMs: 1_000 * whole('--seconds', values.seconds ?? '5'),
    legs: (values.legs ?? '100,200,300,400,500').split(',').map((text) => whole('--legs', text)),
    setUps: whole('--set-ups', values['set-ups'] ?? '10000'),
    bridged: wholeOrNone('--bridged', values.bridged ?? '200'),
    orders: wholeOrNone('--orders', values.orders ?? '24'),
    speechFolder: folder,
    print,
  });
  print(describeMachine(result.machine));
  if (isInconclusive(result.machine)) print('Inconclusive: this machine was too busy for its figures to count.');
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
}

function wholeOrNone(name: string, text: string): number {
  return text === '0' ? 0 : whole(name, text);
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new HandrailError('HR_USAGE', `${name} wants whole numbers from 1, not "${text}".\n${usage}`);
  return Number(text);
}
