import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { loadConfig } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { explain } from '../kernel/errors.js';
import { dataDir } from '../kernel/paths.js';
import { startController } from '../main.js';
import { createLogger } from '../observability/log.js';
import type { ControllerMessage } from './controller-process.js';

export const runUsage = `npx handrail run [--config FILE]   run the controller beside an Asterisk that is already there`;

/**
 * `handrail run`: the controller alone, for systemd, containers, and as the child of `handrail start`. Ends in order on
 * SIGTERM and SIGINT, and when the parent that forked it is gone.
 */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { config: { type: 'string' } } });
  const config = loadConfig({ file: values.config, env: process.env });
  const log = createLogger({
    level: config.log.level,
    dir: join(dataDir, 'logs'),
    output: config.log.output,
    pretty: isPretty(config.log.pretty),
    rotateAtBytes: config.log.fileMegabytes * 1_000_000,
    keepFiles: config.log.keepFiles,
  });
  process.on('unhandledRejection', (err) => log.error({ err }, 'something went wrong where nobody looked'));

  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  // Before anything else: a signal that nobody listens to would end the process while it starts.
  const renew: (() => void)[] = [() => log.reopen()];
  process.on('SIGHUP', () => renew.forEach((step) => step()));

  try {
    const controller = await startController(config, systemClock, log, (line) => tell({ type: 'progress', line }));
    const { adminUrl, firstLoginUrl } = controller;
    tell({ type: 'ready', adminUrl, firstLoginUrl });
    if (!process.send && firstLoginUrl !== undefined)
      console.log(`First login (good once, for 48 hours): ${firstLoginUrl}`);
    log.info({ adminUrl }, 'Handrail is ready for calls');
    renew.push(() => controller.reload());
    await stopped;
    log.info({}, 'stopping');
    await controller.close();
    return 0;
  } catch (error) {
    log.error({ problem: explain(error) }, 'Handrail could not start');
    tell({ type: 'failed', problem: explain(error) });
    if (!process.send) console.error(explain(error));
    return 1;
  } finally {
    await log.close();
    if (process.connected) process.disconnect();
  }
}

function tell(message: ControllerMessage): void {
  if (process.connected) process.send?.(message);
}

function isPretty(setting: 'auto' | 'always' | 'never'): boolean {
  return setting === 'always' || (setting === 'auto' && process.stdout.isTTY && !process.send);
}
