import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileExpectation } from '../dialog/nlu/compile.js';
import { runScenario } from '../dialog/simulate-scenario.js';
import { CachingUnderstander } from '../dialog/understander.js';
import { loadFlow } from '../flow/load.js';
import { parseScenarios } from '../flow/scenario.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';

const FOLDER = 'flows';

/**
 * Plays the scenarios of each file on the flow that it names, without a controller.
 *
 * @returns exit status: 0 when all of them pass
 * @throws HandrailError HR_SCENARIO, HR_FLOW_INVALID
 */
export async function testScenarios(files: readonly string[], print: (line: string) => void): Promise<number> {
  const world = { nlu: new CachingUnderstander(compileExpectation), nowMs: () => systemClock.nowMs() };
  let [played, failed] = [0, 0];
  for (const file of files.length > 0 ? files : await filesThere()) {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new HandrailError('HR_SCENARIO', `${file}: the file cannot be read`, { cause });
    });
    const { flow: flowFile, scenarios } = parseScenarios(text, file);
    if (flowFile === undefined) throw new HandrailError('HR_SCENARIO', `${file}: flow: is missing`);
    const flow = await loadFlow(join(dirname(file), flowFile));
    for (const scenario of scenarios) {
      const { name, failures } = runScenario(flow, scenario, systemClock.wallMs(), world);
      played++;
      if (failures.length > 0) failed++;
      print(`${failures.length === 0 ? 'ok  ' : 'FAIL'} ${file}: ${name}`);
      for (const { step, what } of failures) print(`     step ${String(step)}: ${what}`);
    }
  }
  print(`${String(played)} scenarios, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

async function filesThere(): Promise<string[]> {
  const names = await readdir(FOLDER).catch(() => []);
  const files = names.filter((name) => name.endsWith('.test.yaml')).sort();
  if (files.length === 0) throw new HandrailError('HR_SCENARIO', `there is no *.test.yaml in ${FOLDER}/`);
  return files.map((name) => join(FOLDER, name));
}
