import '../kernel/no-telemetry.js';
import { HandrailError, explain } from '../kernel/errors.js';

/** What a command's module exports. `args` are the words after the command's name; the promise gives the exit code. */
interface CommandModule {
  run(args: string[]): Promise<number>;
}

/** Loaded only when called: `models` must work before the engines of `start` are there. */
const commands: Record<string, () => Promise<CommandModule>> = {
  audit: () => import('./audit.js'),
  backup: () => import('./backup.js'),
  bench: () => import('./bench.js'),
  bundle: () => import('./bundle.js'),
  calibrate: () => import('./calibrate/command.js'),
  call: () => import('./call.js'),
  doctor: () => import('./doctor.js'),
  flow: () => import('./flow.js'),
  help: () => import('./help.js'),
  install: () => import('./install.js'),
  lifeline: () => import('./lifeline.js'),
  models: () => import('./models.js'),
  restore: () => import('./restore.js'),
  rollback: () => import('./rollback.js'),
  run: () => import('./run.js'),
  start: () => import('./start.js'),
  'support-bundle': () => import('./support-bundle.js'),
  uninstall: () => import('./uninstall.js'),
  user: () => import('./user.js'),
};

async function main([name = 'help', ...args]: string[]): Promise<number> {
  const load = commands[name === '--help' || name === '-h' ? 'help' : name];
  if (!load)
    throw new HandrailError('HR_USAGE', `There is no command ${name}; there are ${Object.keys(commands).join(', ')}.`);
  const command = await load();
  return command.run(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
