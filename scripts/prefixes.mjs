import { runAsCommand } from './lib/setup.mjs';
import { asteriskStep, llamaStep } from './lib/steps.mjs';

/** Asterisk and llama.cpp from Debian’s packages, and nothing else: a stage of docker/Dockerfile. */
await runAsCommand(async () => {
  for (const step of [asteriskStep, llamaStep]) {
    console.log(`${step.id}: ${(await step.make(() => undefined, console.warn)) ?? 'done'}`);
  }
  return 0;
});
