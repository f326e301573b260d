import { join } from 'node:path';
import { HandrailError } from '../../src/kernel/errors.js';
import { projectRoot } from '../../src/kernel/paths.js';
import { describeLatency } from '../figures.js';
import { MachineProbe } from '../machine.js';
import { count, readOptions, report } from '../tools.js';
import { bundleSizes, describeSize } from './bundle-sizes.js';
import { systemChromium } from './chromium.js';
import { PageUnderTest } from './page-under-test.js';

/** `npm run bench -- web`: the admin page, in this machine's Chromium. @throws HandrailError HR_USAGE */
export async function benchWeb(args: readonly string[], print: (line: string) => void): Promise<void> {
  const options = readOptions(args, ['nodes', 'rounds', 'json']);
  const executablePath = systemChromium();
  if (executablePath === undefined)
    throw new HandrailError('HR_USAGE', 'There is no Chromium on this machine: HANDRAIL_CHROMIUM names one.');
  const rounds = count('--rounds', options.rounds ?? '5');
  const webDir = join(projectRoot, 'web', 'dist');
  const sizes = bundleSizes(webDir);
  for (const size of sizes) print(describeSize(size));
  const probe = new MachineProbe();
  const flows = [];
  for (const nodes of (options.nodes ?? '200,2000').split(',').map((text) => count('--nodes', text))) {
    const page = await PageUnderTest.open({ executablePath, webDir, nodes });
    try {
      const figures = await page.measure(rounds);
      print(`${String(nodes)} nodes`);
      for (const [what, latency] of Object.entries(figures)) print(`  ${what}: ${describeLatency(latency)}`);
      flows.push({ nodes, ...figures });
    } finally {
      await page.close();
    }
  }
  await report({ machine: probe.record(0), sizes, rounds, flows }, options.json, print);
}
