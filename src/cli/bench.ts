import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HandrailError } from '../kernel/errors.js';
import { projectRoot } from '../kernel/paths.js';

export const benchUsage = `npx handrail bench sizing [--minutes N]   how many calls this machine serves by voice, and what stops it`;

/** `handrail bench NAME …`: the benchmarks, where they came along: in a clone and in a bundle. */
export function run(args: string[]): Promise<number> {
  const script = join(projectRoot, 'dist/bench/main.js');
  if (!existsSync(script)) throw new HandrailError('HR_USAGE', `${script} is not there: run \`npm run build\` first.`);
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
