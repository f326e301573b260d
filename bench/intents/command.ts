import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { INTENT_MODEL, modelDir } from '../../src/engines.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createIntentClassifier } from '../../src/local-models/intents/intent-classifier.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { describeMachine, MachineProbe } from '../machine.js';
import { intentData } from './data.js';
import { measureIntents } from './measure.js';

const usage = `npm run bench -- intents --intents DIR [--limit N] [--menus N] [--json FILE]
  intents   what the intent classifier makes of written sentences: CLINC150 and BANKING77, ten examples an intent
  --limit   the most test sentences of each set
  --menus   menus of eight intents that are made of each set`;

const READY_WITHIN_MS = 30_000;

/** `npm run bench -- intents`. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function benchIntents(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args);
  const sets = await intentData(options.intents, options.limit);
  const probe = new MachineProbe();
  const classifier = createIntentClassifier({
    modelDir: modelDir(INTENT_MODEL),
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await untilStarted(classifier, systemClock, READY_WITHIN_MS);
    if (classifier.state !== 'ready')
      throw new HandrailError('HR_ENGINE_DOWN', `${classifier.name}: ${classifier.problem ?? 'not ready'}`);
    const result = await measureIntents(classifier, sets, options.menus, print);
    print(`a sentence: p50 ${result.ms.p50} ms, p95 ${result.ms.p95} ms`);
    const machine = probe.record(0);
    print(describeMachine(machine));
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify({ machine, ...result }, undefined, 2)}\n`);
  } finally {
    await classifier.close();
  }
}

function readOptions(args: readonly string[]) {
  const option = { type: 'string' } as const;
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: { intents: option, limit: option, menus: option, json: option },
    }).values;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${usage}`, {
      cause,
    });
  }
  const whole = (name: string, text: string): number => {
    if (!/^[1-9]\d{0,5}$/.test(text))
      throw new HandrailError('HR_USAGE', `${name} wants a whole number from 1, not "${text}".\n${usage}`);
    return Number(text);
  };
  if (values.intents === undefined) throw new HandrailError('HR_USAGE', `--intents is missing.\n${usage}`);
  return {
    intents: values.intents,
    limit: whole('--limit', values.limit ?? '1500'),
    menus: whole('--menus', values.menus ?? '10'),
    json: values.json,
  };
}
