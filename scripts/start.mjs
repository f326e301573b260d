import { join } from 'node:path';
import { handOver } from './lib/hand-over.mjs';
import { runAsCommand, setUp } from './lib/setup.mjs';
import { projectRoot } from './lib/where.mjs';

await runAsCommand(async () => {
  await setUp({ pbx: 'when-none-is-configured' });
  return handOver(join(projectRoot, 'dist/src/cli/main.js'), ['start', ...process.argv.slice(2)]);
});
