import { beforeAll, expect, it } from 'vitest';
import { sounds } from '../bench/bargein/sounds.js';
import { firstVoicedWindow, VOICED_WINDOW_MS, voicedWindows } from '../src/audio/voiced.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { stagesOf } from '../src/observability/turn-metrics.js';
import { expectNothingLeft, useLine } from './harness.js';
import { cafeNode } from './support/flows.js';
import { callers, spokenOrders, type SpokenOrder } from './support/speakers.js';

/** How well the caller's ear and the record agree, where the machine lets them. */
const ADDS_UP_WITHIN_MS = 20;
/** The goals are 120 and 60 ms, for a quiet machine: bench/. */
const SILENT_WITHIN_MS = 500;
const INTO_PROMPT_MS = 700;
const PAUSE_MS = 350;

const line = useLine();
let orders: SpokenOrder[] = [];
let folder = '';

beforeAll(async () => {
  const found = await callers(line().stack.pbx);
  folder = found.path;
  orders = await spokenOrders(found, 3);
});

it('a recorded caller hears the answer when the record says that it left, and its parts add up', async () => {
  const heardLater: number[] = [];
  for (const { samples } of orders) {
    const call = await line().call();
    await call.listen();
    await call.say(samples);
    const heardMs = await call.hearsVoice();
    await call.listen();
    const { turns } = await call.hangup();
    const marks = turns.find(({ input }) => input.type === 'speech')?.marks;
    // On a machine that is too busy for speech the keypad has answered: then there are no parts of a spoken turn.
    if (!marks) continue;
    const { referenceAtMs = NaN, audibleMs = NaN } = marks;
    heardLater.push(heardMs - (referenceAtMs + audibleMs));
    const parts = new Map(stagesOf(marks));
    const decidedMs = Math.max(parts.get('endpoint') ?? NaN, marks.nluEndMs ?? NaN);
    expect(decidedMs + (parts.get('answer') ?? NaN)).toBe(audibleMs);
  }
  console.log(`heard ${heardLater.map((ms) => ms.toFixed(0)).join(', ')} ms later than recorded`);
  expect(heardLater.length, 'turns by speech').toBeGreaterThan(0);
  // Nothing is heard before it left; how much later depends on what else this machine does.
  expect(Math.min(...heardLater)).toBeGreaterThan(-5);
  expect(Math.min(...heardLater)).toBeLessThanOrEqual(ADDS_UP_WITHIN_MS);
});

it('the bot falls silent for a recorded caller who speaks into the greeting', async () => {
  const silent: number[] = [];
  for (const { samples } of orders) {
    const call = await line().call();
    await call.hearsVoice();
    await sleep(systemClock, INTO_PROMPT_MS);
    const { startedMs } = await call.phone.play(samples);
    const onsetMs = startedMs + (firstVoicedWindow(voicedWindows(samples)) ?? 0) * VOICED_WINDOW_MS;
    silent.push((call.phone.heard.voicedUntil(onsetMs, PAUSE_MS) ?? onsetMs) - onsetMs);
    await call.hangup();
  }
  console.log(`silent after ${silent.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  expect(Math.min(...silent)).toBeLessThanOrEqual(SILENT_WITHIN_MS);
});

it('a cough, an “mm-hm” and line noise are no answers: the greeting is heard to its end', async () => {
  const made = await sounds(folder, new Int16Array(0), 1);
  for (const { name, samples } of made.filter(({ name }) => /cough|mm-hm|line noise/.test(name))) {
    const call = await line().call();
    await call.hearsVoice();
    await sleep(systemClock, INTO_PROMPT_MS);
    await call.phone.play(samples);
    const prompt = line().sounds.prompt(cafeNode('main', 'menu').prompt);
    await call.expectToHear(`the end of the greeting after ${name}`, prompt.subarray(prompt.length - 8_000), 900);
    const { turns } = await call.hangup();
    expect(
      turns.filter(({ input }) => input.type === 'speech'),
      name,
    ).toEqual([]);
  }
});

it('leaves nothing behind', () => expectNothingLeft(line()));
