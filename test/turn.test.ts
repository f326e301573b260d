import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { madeSounds, type Sound } from '../bench/bargein/sounds.js';
import { firstVoicedWindow, VOICED_WINDOW_MS, VOICED_WINDOW_SAMPLES, voicedWindows } from '../src/audio/voiced.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { projectRoot } from '../src/kernel/paths.js';
import { dtmfDefaults } from '../src/sip-caller/dtmf.js';
import { stagesOf } from '../src/observability/turn-metrics.js';
import type { TurnRecord } from '../src/observability/turn-record.js';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode, cafeWith } from './support/flows.js';
import { callers, spokenOrders, type SpokenOrder } from './support/speakers.js';
import type { TestCall } from './support/test-call.js';

/** How well the caller's ear and the record agree, where the machine lets them. */
const ADDS_UP_WITHIN_MS = 20;
/** The goals are 120 and 60 ms, for a quiet machine: bench/. */
const SILENT_WITHIN_MS = 500;
const INTO_PROMPT_MS = 700;
const PAUSE_MS = 350;
/** Who sounds as if they went on is waited for longer. */
const SHORT_WAIT_MS = 750;
const UNDERSTOOD_EARLY_MS = 500;
const TO_NUMBER = '3';
const TOLD = 'It will take {minutes} minutes.';

/** An MCP server on standard input and output tells how far an order is. */
const line = useLine({
  prepare: (dataDir) => {
    const mcpFile = join(dataDir, 'mcp.json');
    const shop = { command: process.execPath, args: [join(projectRoot, 'test/support/mcp-shop.mjs')] };
    writeFileSync(mcpFile, JSON.stringify({ mcpServers: { shop } }));
    const results = [{ name: 'minutes', at: '/minutes', schema: { type: 'integer' } }];
    const mcp = { server: 'shop', tool: 'orderState', arguments: { number: '{orderNumber}' } };
    const asked = { kind: 'tool', mcp, results, next: 'told', failed: 'anythingElse' };
    const told = { kind: 'say', prompt: TOLD, next: 'anythingElse' };
    return {
      ...cafeWith(dataDir, { orderNumber: { confirm: 'never', next: 'asked' }, asked, told }),
      HANDRAIL_TOOLS_MCP_FILE: mcpFile,
    };
  },
});
let orders: SpokenOrder[] = [];

beforeAll(async () => {
  orders = await spokenOrders(await callers(line().stack.pbx), 3);
});

it('recorded callers at the same time hear the answer when the record says that it left, and its parts add up', async () => {
  const heardLater: number[] = [];
  const endedEarlier: number[] = [];
  let understood = 0;
  const order = async ({ samples, slots }: SpokenOrder): Promise<void> => {
    const call = await line().call();
    await call.listen();
    const { lastVoicedSentMs } = await call.say(samples);
    const heardMs = await call.hearsVoice();
    await call.listen();
    const { turns } = await call.hangup();
    const spoken = turns.filter(({ input }) => input.type === 'speech');
    const [first] = spoken;
    // On a machine that is too busy for speech the keypad has answered: then there are no parts of a spoken turn.
    if (first?.input.type !== 'speech') return;
    const { marks } = first;
    const { referenceAtMs = NaN, audibleMs = NaN } = marks;
    heardLater.push(heardMs - (referenceAtMs + audibleMs));
    endedEarlier.push(Math.abs(referenceAtMs - lastVoicedSentMs));
    if (isDeepStrictEqual(first.input.meaning.slots, slots)) understood++;
    const parts = new Map(stagesOf(marks));
    const decidedMs = Math.max(parts.get('endpoint') ?? NaN, marks.nluEndMs ?? NaN);
    expect(decidedMs + (parts.get('answer') ?? NaN)).toBe(audibleMs);
  };
  await Promise.all(orders.map(order));
  const list = (all: readonly number[]): string => all.map((ms) => ms.toFixed(0)).join(', ');
  console.log(`heard ${list(heardLater)} ms later than recorded, ended ${list(endedEarlier)} ms from there`);
  expect(heardLater.length, 'turns by speech').toBeGreaterThan(0);
  expect(understood, 'orders understood at once, each by its own caller').toBeGreaterThan(0);
  // Nothing is heard before it left; how much later depends on what else this machine does.
  expect(Math.min(...heardLater)).toBeGreaterThan(-5);
  expect(Math.min(...heardLater)).toBeLessThanOrEqual(ADDS_UP_WITHIN_MS);
  expect(Math.min(...endedEarlier)).toBeLessThanOrEqual(ADDS_UP_WITHIN_MS);
});

it('the bot falls silent for recorded callers who speak into the greeting, and for one who presses a key', async () => {
  const speak = async ({ samples }: SpokenOrder): Promise<number> => {
    const call = await line().call();
    await call.hearsVoice();
    await sleep(systemClock, INTO_PROMPT_MS);
    const { startedMs } = await call.say(samples);
    const silentMs = heardAfter(call, startedMs + (firstVoicedWindow(voicedWindows(samples)) ?? 0) * VOICED_WINDOW_MS);
    await call.hangup();
    return silentMs;
  };
  // The first digit of a number is answered by silence.
  const press = async (): Promise<number> => {
    const call = await line().call();
    await call.hearsVoice();
    await call.press(TO_NUMBER);
    await call.hearsVoice();
    await sleep(systemClock, INTO_PROMPT_MS);
    await call.press('4');
    const pressedMs = call.phone.nowMs() - dtmfDefaults.gapMs;
    await sleep(systemClock, SILENT_WITHIN_MS);
    const silentMs = heardAfter(call, pressedMs);
    await call.hangup();
    return silentMs;
  };
  const [keyMs, ...speechMs] = await Promise.all([press(), ...orders.map(speak)]);
  console.log(
    `silent ${speechMs.map((ms) => ms.toFixed(0)).join(', ')} ms after a voice, ${keyMs.toFixed(0)} ms after a key`,
  );
  expect(Math.min(...speechMs)).toBeLessThanOrEqual(SILENT_WITHIN_MS);
  expect(keyMs).toBeLessThan(SILENT_WITHIN_MS);
});

it('“Yes” sounds as if it went on, and is not waited for like the half of a sentence', async () => {
  const call = await line().call();
  await call.listen();
  await call.say(orders[0]?.samples ?? new Int16Array());
  await call.listen();
  await call.say(await line().sounds.caller('Yes.'));
  await call.listen();
  const { turns } = await call.hangup();
  const confirmed = turns.find(({ input }) => input.type === 'speech' && input.meaning.intent === 'yes');
  const { endpointMs = NaN, nluEndMs = NaN } = confirmed?.marks ?? {};
  console.log(`“yes” understood after ${nluEndMs} ms, answered after ${endpointMs} ms`);
  // A machine that is too busy understands it late, or has the keypad ask.
  if (nluEndMs < UNDERSTOOD_EARLY_MS) expect(endpointMs).toBeLessThan(SHORT_WAIT_MS);
});

it('a cough, an “mm-hm”, line noise and the bot’s own echo are no answers: the greeting is heard to its end', async () => {
  const prompt = line().sounds.prompt(cafeNode('main', 'menu').prompt);
  const noises = madeSounds(prompt, 1);
  const hear = async ({ name, samples }: Sound): Promise<void> => {
    const call = await line().call();
    await call.hearsVoice();
    // An echo comes with what it is the echo of.
    if (!name.includes('echo')) await sleep(systemClock, INTO_PROMPT_MS);
    await call.phone.play(samples);
    await call.expectToHear(`the end of the greeting after ${name}`, prompt.subarray(prompt.length - 8_000), 900);
    const { turns } = await call.hangup();
    expect(
      turns.filter(({ input }) => input.type === 'speech'),
      name,
    ).toEqual([]);
  };
  expect(noises).toHaveLength(4);
  await Promise.all(noises.map(hear));
});

it('a caller’s order number goes to a tool of an MCP server, and its answer is told', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press(TO_NUMBER);
  await call.hearsVoice();
  await call.press('4721');
  const { said } = await call.turn(({ nodeId }) => nodeId === 'asked');
  expect(said).toContain('It will take 21 minutes.');
  await call.expectWords('it will take 21 minutes');
  await call.hangup();
});

it('a caller who goes on as the answer begins is heard out: both parts are one order, and the answer is to both', async () => {
  const { sounds } = line();
  const begun = await sounds.caller('I would like a large latte.');
  const rest = await sounds.caller('with some milk.');
  const fromItsVoice = rest.subarray((firstVoicedWindow(voicedWindows(rest)) ?? 0) * VOICED_WINDOW_SAMPLES);
  const goOn = async (): Promise<readonly TurnRecord[]> => {
    const call = await line().call();
    await call.listen();
    await call.say(begun);
    await call.hearsVoice();
    await call.say(fromItsVoice);
    await call.hearsVoice();
    return (await call.hangup()).turns;
  };
  let turns = await goOn();
  // On a machine that is too busy for speech the keypad has answered.
  for (let tries = 1; tries < 3 && turns.some(({ fallback }) => fallback === 'deadline'); tries++) turns = await goOn();
  expect(turns.findLast(({ input }) => input.type === 'speech')).toMatchObject({
    nodeId: 'main',
    input: { takesBack: true, meaning: { slots: { size: 'large', coffeeDrink: 'latte', milkAmount: 'some milk' } } },
    said: expect.stringMatching(/large latte.*milk/) as string,
  });
});

it('leaves nothing behind', () => expectNothingLeft(line()));

/** How long the bot is heard after that moment. */
function heardAfter({ phone }: TestCall, momentMs: number): number {
  return (phone.heard.voicedUntil(momentMs, PAUSE_MS) ?? momentMs) - momentMs;
}
