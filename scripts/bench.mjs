import { join } from 'node:path';
import { handOver } from './lib/hand-over.mjs';
import { runAsCommand, setUp } from './lib/setup.mjs';
import { projectRoot } from './lib/where.mjs';

await runAsCommand(async () => {
  await setUp({ pbx: 'always' });
  return handOver(join(projectRoot, 'dist/bench/main.js'), process.argv.slice(2));
});
