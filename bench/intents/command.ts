import { INTENT_MODEL, modelDir } from '../../src/engines.js';
import { systemClock } from '../../src/kernel/clock.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createIntentClassifier } from '../../src/local-models/intents/intent-classifier.js';
import { untilStarted } from '../../src/local-models/until-started.js';
import { MachineProbe } from '../machine.js';
import { count, report, readOptions } from '../tools.js';
import { intentData } from './data.js';
import { measureIntents } from './measure.js';

const READY_WITHIN_MS = 30_000;

/** `npm run bench -- intents`. @throws HandrailError HR_USAGE, HR_ENGINE_DOWN */
export async function benchIntents(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args, ['intents', 'limit', 'menus', 'json']);
  if (options.intents === undefined) throw new HandrailError('HR_USAGE', '--intents is missing.');
  const sets = await intentData(options.intents, count('--limit', options.limit ?? '1500'));
  const menus = count('--menus', options.menus ?? '10');
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
    const result = await measureIntents(classifier, sets, menus, print);
    print(`a sentence: p50 ${result.ms.p50} ms, p95 ${result.ms.p95} ms`);
    await report({ machine: probe.record(0), ...result }, options.json, print);
  } finally {
    await classifier.close();
  }
}
