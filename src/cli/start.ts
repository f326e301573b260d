import { rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/index.js';
import { systemClock } from '../kernel/clock.js';
import { explain } from '../kernel/errors.js';
import { silentLogger } from '../kernel/log.js';
import { demonstrate } from './demonstration.js';
import { speechFolder } from './speech.js';
import { runInfoPath, type RunInfo } from './run-info.js';
import { startServices, type Services } from './services.js';
import { startStack, type Stack } from './stack.js';

export const startUsage = `npx handrail start [--config FILE] [--no-demo]   run everything: a private Asterisk (unless ari.url names one),
                                                 engines and controller; place one demonstration call; stay up`;

/** `handrail start`: everything a newcomer needs, until Ctrl-C. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { config: { type: 'string' }, 'no-demo': { type: 'boolean', default: false } },
  });
  const config = loadConfig({ file: values.config, env: process.env });
  const runArgs = values.config === undefined ? [] : ['--config', values.config];
  // Not `once`: a second Ctrl-C while running calls end would kill this process, and leave Asterisk behind.
  const running: { controller?: Services['controller'] } = {};
  const interrupted = new Promise<'interrupted'>((resolve) => {
    process.on('SIGINT', () => resolve('interrupted'));
    process.on('SIGTERM', () => resolve('interrupted'));
    // From a terminal it says that the terminal was closed, else that certificates and log shall be opened anew.
    process.on('SIGHUP', () => {
      if (process.stdin.isTTY) resolve('interrupted');
      else renew(running.controller);
    });
  });
  if (config.ari.url) return besideYourAsterisk(config.ari.url, runArgs, interrupted, running);

  const begunMs = systemClock.nowMs();
  console.log('Starting Asterisk, engines and controller …');
  const starting = startStack({
    ports: { ...config.pbx, adminPort: config.admin.port },
    args: runArgs,
    restart: true,
    clock: systemClock,
    log: silentLogger,
    onProgress: (line) => console.log(`  ${line}`),
  });
  const first = await Promise.race([starting, interrupted]);
  if (first === 'interrupted') {
    console.log('Stopping …');
    await starting.then((stack) => stack.stop()).catch(() => undefined);
    return 0;
  }
  const stack = first;
  running.controller = stack.controller;
  try {
    console.log(`Up after ${((systemClock.nowMs() - begunMs) / 1000).toFixed(1)} s.`);
    await writeRunInfo(stack);
    if (!values['no-demo']) await Promise.race([showCall(stack), interrupted]);
    tellHowToUse(stack);
    const how = await Promise.race([interrupted, stack.pbx.ended]);
    if (how === 'interrupted') {
      console.log('\nStopping …');
      return 0;
    }
    console.error('Asterisk ended by itself; its log says why.');
    return 1;
  } finally {
    await rm(runInfoPath, { force: true });
    await stack.stop();
    console.log('Stopped.');
  }
}

async function besideYourAsterisk(
  ariUrl: string,
  runArgs: readonly string[],
  interrupted: Promise<'interrupted'>,
  running: { controller?: Services['controller'] },
): Promise<number> {
  console.log(`Connecting to the Asterisk at ${ariUrl} …`);
  const services = await startServices({
    args: runArgs,
    env: {},
    restart: true,
    clock: systemClock,
    onProgress: (line) => console.log(`  ${line}`),
  });
  running.controller = services.controller;
  console.log(`Handrail takes calls of your Asterisk.
  admin page  ${services.controller.adminUrl}${firstLoginInWords(services.controller)}
  lifeline    ${lifelineInWords(services)}
  stop        Ctrl-C`);
  await interrupted;
  await services.stop();
  return 0;
}

/** One that has just died, or was not started yet, reads everything anew when it starts. */
function renew(controller: Services['controller'] | undefined): void {
  try {
    if (controller && controller.pid > 0) process.kill(controller.pid, 'SIGHUP');
  } catch {
    // It died this moment.
  }
}

function lifelineInWords({ lifeline }: Pick<Services, 'lifeline'>): string {
  if (!lifeline) return 'off (lifeline.enabled)';
  return `runs (process ${String(lifeline.pid)}): when the controller dies, its callers get the keypad menu`;
}

/** Before anybody has a password: the link by which the first person sets theirs. */
function firstLoginInWords({ firstLoginUrl }: Services['controller']): string {
  return firstLoginUrl === undefined ? '' : `\n  first login     ${firstLoginUrl}  (good once, for 48 hours)`;
}

async function showCall(stack: Stack): Promise<void> {
  try {
    const folder = await speechFolder({ pbx: stack.pbx, print: (line) => console.log(`  ${line}`) });
    console.log(
      `\nOne demonstration call (the caller’s voice: ${folder.kind === 'people' ? 'recordings of people' : 'made at set-up'}):`,
    );
    await demonstrate(stack, folder.path, systemClock, (line) => console.log(line));
  } catch (error) {
    console.log(`The demonstration call did not work out: ${explain(error)}`);
  }
}

async function writeRunInfo(stack: Stack): Promise<void> {
  const { sipHost, sipPort, extension, adminUrl, dataDir } = stack;
  const info: RunInfo = { sipHost, sipPort, extension, adminUrl, dataDir };
  await writeFile(runInfoPath, `${JSON.stringify(info, undefined, 2)}\n`);
}

function tellHowToUse(stack: Stack): void {
  console.log(`
Handrail is up.
  admin page      ${stack.adminUrl}${firstLoginInWords(stack.controller)}
  call it         sip:${stack.extension}@${stack.sipHost}:${String(stack.sipPort)}  (UDP, user softphone, password ${stack.softphonePassword})
  lifeline        ${lifelineInWords(stack)}
  from a shell    npx handrail call --play FILE.wav
  stop            Ctrl-C
`);
}
