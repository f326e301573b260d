import '../src/kernel/no-telemetry.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speechFolder } from '../src/cli/speech.js';
import { startStack } from '../src/cli/stack.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { runBench } from './dispatch.js';
import type { StartedStack } from './tools.js';

const print = (line: string): void => console.log(line);

const ENGINES_WITHIN_MS = 60_000;

/** As shells report a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** A Handrail of its own on free ports, whose calls and logs go with it. */
async function startForBench(settings?: (dataDir: string) => Promise<Record<string, string>>): Promise<StartedStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'handrail-bench-'));
  const clear = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  try {
    const env = (await settings?.(dataDir)) ?? {};
    const starting = startStack({ dataDir, env, clock: systemClock, log: silentLogger });
    const stop = async (): Promise<void> => {
      await (await starting).stop();
      await clear();
      // Of several in one run, one that is stopped already would end the process before the present one is.
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    };
    // Asterisk runs in a process group of its own: it would outlive a bench that is interrupted, also while it starts. Not
    // `once`: a second Ctrl-C would end this process before it is stopped.
    const interrupt = (): void => void stop().finally(() => process.exit(INTERRUPTED));
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const stack = await starting;
    await enginesUp(stack.adminUrl);
    return { ...stack, speechFolder: async () => (await speechFolder({ pbx: stack.pbx, print })).path, stop };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** A call that comes before the recogniser is up is served by keys: nothing that a bench of voices wants to measure. */
async function enginesUp(adminUrl: string): Promise<void> {
  const giveUpMs = systemClock.nowMs() + ENGINES_WITHIN_MS;
  const url = new URL('/readyz', adminUrl);
  while (systemClock.nowMs() < giveUpMs) {
    const { parts } = (await (await fetch(url)).json()) as { readonly parts: readonly { readonly state: string }[] };
    if (parts.every(({ state }) => state !== 'starting')) return;
    await sleep(systemClock, 500);
  }
  print('Some engine is not up: its part of the figures will be missing.');
}

process.exitCode = await runBench(process.argv.slice(2), { print, startStack: startForBench });
