import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/index.js';
import type { Clock } from '../kernel/clock.js';
import { dataDir as defaultDataDir } from '../kernel/paths.js';
import { spawnController, startControllerProcess, type ControllerProcess } from './controller-process.js';
import { KeptProcess, type KeptEvent } from './kept-process.js';
import { spawnLifeline } from './lifeline-process.js';

/** Controller and lifeline beside an Asterisk. */
export interface Services {
  /** The one that runs now. Its admin page has the same URL when it is started again. */
  readonly controller: ControllerProcess;
  /** Absent when the configuration switches it off. */
  readonly lifeline: { readonly pid: number } | undefined;
  /** Ends the controller, which gives its calls back, then the lifeline. Idempotent. */
  stop(): Promise<void>;
}

export interface ServicesOptions {
  /** Arguments of `handrail run` and `handrail lifeline`: `--config FILE`. */
  readonly args: readonly string[];
  /** Settings as environment variables, added to those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** @defaultValue HANDRAIL_DATA, else HANDRAIL_HOME/data */
  readonly dataDir?: string;
  /** Whether a controller that falls is started again; the lifeline always is. @defaultValue false */
  readonly restart?: boolean | undefined;
  readonly clock: Clock;
  /** Told how the start goes on, and each time that a process falls and is back. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** @throws HandrailError when the controller does not start the first time; no process is left then */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { args, clock, onProgress = () => undefined } = options;
  const dataDir = options.dataDir ?? defaultDataDir;
  const env = { HANDRAIL_DATA: dataDir, ...options.env };
  const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
  const { lifeline: settings, calls } = loadConfig({ file: values.config, env: { ...process.env, ...env } });

  const first = await startControllerProcess(args, env, clock, onProgress, calls.drainMs);
  const { adminUrl, firstLoginUrl } = first;
  const random = (): number => randomInt(2 ** 32) / 2 ** 32;
  // The port that the system chose is kept: whoever looks at the page looks on.
  const again = { ...env, HANDRAIL_ADMIN_PORT: new URL(adminUrl).port };
  const controller = options.restart
    ? new KeptProcess(first, {
        spawn: () => spawnController(args, again, clock, undefined, calls.drainMs),
        clock,
        random,
        onEvent: (event) => onProgress(`controller: ${inWords(event, 'callers get the keypad menu')}`),
      })
    : first;
  const startLifeline = (): ReturnType<typeof spawnLifeline> => spawnLifeline(args, env, dataDir, clock);
  const lifeline = settings.enabled
    ? new KeptProcess(startLifeline(), {
        spawn: startLifeline,
        clock,
        random,
        onEvent: (event) => onProgress(`lifeline: ${inWords(event, 'calls go on')}`),
      })
    : undefined;
  return {
    controller: {
      adminUrl,
      firstLoginUrl,
      get pid() {
        return controller.pid;
      },
      get ended() {
        return controller.ended;
      },
      stop: () => controller.stop(),
    },
    lifeline,
    stop: async () => {
      await controller.stop();
      await lifeline?.stop();
    },
  };
}

function inWords(event: KeptEvent, meanwhile: string): string {
  switch (event.type) {
    case 'ended': {
      const seconds = (event.restartInMs / 1_000).toFixed(1);
      return `ended by itself (exit code ${String(event.code)}); ${meanwhile}; it is started again in ${seconds} s`;
    }
    case 'not-ready':
      return `could not start: ${event.problem}`;
    case 'back':
      return 'is up again';
  }
}
