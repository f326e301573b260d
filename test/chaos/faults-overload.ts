import { Distribution } from '../../src/sip-caller/index.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { Caller, KEY } from './callers.js';
import type { Fault, Played } from './fault.js';
import { FEW, type World } from './world.js';

/** Of the calls beyond the limit, from the answer to the first word of their menu. */
const KEYPAD_FIRST_MS = 300;
/** Of the admitted calls, from the last word of the caller to the first of the answer, 95 of 100. */
const ADMITTED_P95_MS = 1_200;
const LASTS_MS = 60_000;
const STAYS_MS = 5_000;
const AFTER_KEY_MS = 3_000;
/** The others come one a second, each again when its call is over. */
const BETWEEN_CALLS_MS = 1_000;
/** Each of the admitted calls talks every ten seconds at least. */
const LEAST_TURNS = (FEW * LASTS_MS) / 10_000;
const TURN_WITHIN_MS = 10_000;
const SILENCE_MS = 700;

const question = 'What are your opening hours?';

/** Three times as many callers as have speech: these talk all the time, the others come, press a key and go, again and again. */
async function play(world: World, calls: number): Promise<Played> {
  const words = await world.words(question);
  const beginMs = systemClock.nowMs();
  const untilMs = beginMs + LASTS_MS;
  const missing: string[] = [];
  const answeredAfter = new Distribution();
  const talk = async (caller: Caller): Promise<void> => {
    const { phone } = caller.call;
    while (systemClock.nowMs() < untilMs) {
      await phone.waitForSilence({ ms: SILENCE_MS, timeoutMs: TURN_WITHIN_MS });
      const { lastVoicedSentMs } = await phone.play(words);
      const heard = await phone.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs: TURN_WITHIN_MS });
      if (heard) answeredAfter.add(heard.firstVoicedMs - lastVoicedSentMs);
      else missing.push('a caller with speech was not answered');
    }
  };
  const come = async (turn: number): Promise<Caller[]> => {
    const came: Caller[] = [];
    await sleep(systemClock, turn * BETWEEN_CALLS_MS);
    while (systemClock.nowMs() < untilMs) {
      const caller = new Caller('new', await world.call());
      came.push(caller);
      await sleep(systemClock, STAYS_MS);
      await caller.press(KEY);
      await sleep(systemClock, AFTER_KEY_MS);
      await caller.hangUp();
    }
    return came;
  };
  const admitted: Caller[] = [];
  for (let i = 0; i < FEW; i++) {
    const caller = new Caller('waiting', await world.call());
    await caller.settle();
    admitted.push(caller);
  }
  const talking = admitted.map(talk);
  const callers = (await Promise.all(Array.from({ length: calls - FEW }, (_, turn) => come(turn)))).flat();
  await Promise.all(talking);
  missing.push(...admitted.filter(({ wasCutOff }) => wasCutOff).map(() => 'a caller with speech was cut off'));
  await Promise.all(admitted.map((caller) => caller.hangUp()));
  if (answeredAfter.count < LEAST_TURNS) missing.push('too few turns to say anything of the admitted calls');
  const p95 = Math.round(answeredAfter.percentile(0.95));
  if (p95 > ADMITTED_P95_MS) missing.push(`admitted calls: p95 of ${String(p95)} ms`);
  const figures = { 'admitted turns': answeredAfter.count, 'admitted p95 ms': p95 };
  return { callers, faultMs: beginMs, missing, figures };
}

/** So many come within one moment, when all calls that may have speech are taken. */
const BURST = 8;

async function playBurst(world: World): Promise<Played> {
  const admitted: Caller[] = [];
  for (let i = 0; i < FEW; i++) {
    const caller = new Caller('waiting', await world.call());
    await caller.settle();
    admitted.push(caller);
  }
  const faultMs = systemClock.nowMs();
  const callers = await Promise.all(Array.from({ length: BURST }, async () => new Caller('new', await world.call())));
  await sleep(systemClock, STAYS_MS);
  await Promise.all(callers.map((caller) => caller.press(KEY)));
  await sleep(systemClock, AFTER_KEY_MS);
  const missing = admitted.filter(({ wasCutOff }) => wasCutOff).map(() => 'a caller with speech was cut off');
  await Promise.all([...callers, ...admitted].map((caller) => caller.hangUp()));
  return { callers, faultMs, missing };
}

export const overloadFaults: readonly Fault[] = [
  {
    name: 'overload: 3 × the admitted calls for 60 s',
    world: 'few',
    boundMs: KEYPAD_FIRST_MS,
    calls: 3 * FEW,
    inject: () => undefined,
    play,
  },
  {
    name: 'overload: eight more calls in one moment',
    world: 'few',
    boundMs: KEYPAD_FIRST_MS,
    calls: FEW + BURST,
    inject: () => undefined,
    play: playBurst,
  },
];
