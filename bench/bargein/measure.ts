import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { firstVoicedWindow, VOICED_WINDOW_MS, voicedWindows } from '../../src/audio/voiced.js';
import type { Flow } from '../../src/flow/schema.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { Distribution, type CallerCall } from '../../src/sip-caller/index.js';
import { callerNumbers, inCall } from '../calls.js';
import { spread, type SpokenCommand } from '../commands.js';
import { seededRandom } from '../endpointing/seeded.js';
import { countedFigures, describeCounted, type CountedFigures } from '../figures.js';
import type { LineUnderTest } from '../line.js';
import { MachineProbe, type MachineRecord } from '../machine.js';
import { sounds, type Sound } from './sounds.js';

export interface BargeInOptions {
  readonly line: LineUnderTest;
  readonly flow: Flow;
  readonly folder: string;
  readonly commands: readonly SpokenCommand[];
  /** Callers that make each of the sounds; half as many press a key. */
  readonly trials: number;
  /** Callers that speak into a prompt. */
  readonly speakers: number;
  readonly atOnce: number;
  /** Only what has this in its name: “speech”, “key”, “cough” … */
  readonly only?: string | undefined;
  readonly print: (line: string) => void;
}

/** What one kind of sound did to a prompt. Shares 0 … 1. */
export interface FalseBargeIn {
  readonly sound: string;
  readonly n: number;
  /** The prompt was interrupted. */
  readonly stopped: number;
  /** It was interrupted and not gone on with, or what was no answer was taken for one. */
  readonly lost: number;
}

export interface BargeInResult {
  readonly machine: MachineRecord;
  /**
   * From the caller's first voiced sample to the last voiced sample of the bot that the caller heard. Callers who began in
   * a pause of the prompt have nothing to tell and try again.
   */
  readonly speechMs: CountedFigures;
  /** From the last packet of the key to the last voiced sample of the bot that the caller heard. */
  readonly keyMs: CountedFigures;
  readonly falseBargeIn: readonly FalseBargeIn[];
}

/** Where in the prompt the caller speaks. */
const INTO = { leastMs: 500, mostMs: 1_500 } as const;
/** Silence of the bot that is no pause in its prompt. */
const STOPPED_MS = 350;
/** A bot that is heard so long has not noticed the caller. */
const UNHEARD_MS = 1_000;
const PROMPT_WITHIN_MS = 5_000;
/** A prompt that was stopped goes on by then; then the rest of it and what may be said about it follow. */
const WATCH_MS = 6_000;
const RECORD_WITHIN_MS = 1_500;
const KEY = { durationMs: 120, gapMs: 100 } as const;
/** How often a caller who began in a pause of the prompt tries again. */
const TRIES = 4;
/** What a prompt that was gone on with may lack of one that nobody disturbed: the stretch from its last pause to the cut is heard twice. */
const LACKS_MS = 300;

export async function measureBargeIn(options: BargeInOptions): Promise<BargeInResult> {
  const probe = new MachineProbe();
  const lateness = new Distribution();
  const number = callerNumbers('8');
  const call = <T>(act: (call: CallerCall, callerId: string) => Promise<T>): Promise<T> => {
    const callerId = number();
    return inCall(options.line, callerId, lateness, (placed) => act(placed, callerId));
  };

  const isWanted = (name: string): boolean => name.includes(options.only ?? '');
  const intoVoice = async (
    all: Distribution,
    act: (call: CallerCall, n: number) => Promise<number | undefined>,
    n: number,
  ): Promise<number | undefined> => {
    for (let time = 0; time < TRIES; time++) {
      const ms = await call((caller) => act(caller, n + time * options.speakers));
      if (ms === undefined) continue;
      all.add(ms);
      return ms;
    }
    return undefined;
  };
  const speech = new Distribution();
  const unheard: string[] = [];
  const commands = isWanted('speech') ? spread(options.commands, options.speakers) : [];
  await atOnce(options.atOnce, commands, async ({ file }, n) => {
    const samples = await readWav(join(options.folder, file));
    const ms = await intoVoice(speech, (caller, time) => speakInto(caller, samples, time), n);
    if (ms !== undefined && ms > UNHEARD_MS) unheard.push(file);
  });
  const keys = new Distribution();
  const presses = isWanted('key') ? numbers(Math.ceil(options.trials / 2)) : [];
  const toNumber = keyToNumber(options.flow);
  if (toNumber === undefined) options.print('no key of the first question leads to a number: keys are not measured');
  else
    await atOnce(options.atOnce, presses, async (n) => {
      await intoVoice(keys, (caller, time) => pressInto(caller, toNumber, time), n);
    });
  if (unheard.length > 0) options.print(`the bot spoke on through ${unheard.join(', ')}`);
  options.print(
    `barge-in by speech: ${describeCounted(countedFigures(speech))}; by key: ${describeCounted(countedFigures(keys))}`,
  );

  const undisturbed = await call(async (caller) => {
    await caller.waitForSilence({ ms: 1_000, timeoutMs: 10_000 });
    const from = caller.heard.firstVoicedAfter(caller.answeredMs) ?? caller.answeredMs;
    return { prompt: caller.heard.timeline(from), stretches: stretchesOf(caller), voicedMs: voicedMs(caller) };
  });
  const outcomes = new Map<string, { stopped: boolean; lost: boolean }[]>();
  const trials = (await Promise.all(numbers(options.trials).map((n) => sounds(options.folder, undisturbed.prompt, n))))
    .flat()
    .filter(({ name }) => isWanted(name));
  await atOnce(options.atOnce, trials, async (sound, n) => {
    const outcome = await call((caller, callerId) => soundInto(caller, callerId, sound, n, options.line, undisturbed));
    outcomes.set(sound.name, [...(outcomes.get(sound.name) ?? []), outcome]);
  });
  const falseBargeIn = [...outcomes].map(([sound, seen]) => ({
    sound,
    n: seen.length,
    stopped: share(seen, ({ stopped }) => stopped),
    lost: share(seen, ({ lost }) => lost),
  }));
  for (const { sound, n, stopped, lost } of falseBargeIn)
    options.print(`${sound}: ${n} times, stopped the prompt ${percent(stopped)}, lost it ${percent(lost)}`);
  return {
    machine: probe.record(lateness.percentile(0.99)),
    speechMs: countedFigures(speech),
    keyMs: countedFigures(keys),
    falseBargeIn,
  };
}

/** How long the bot was heard after the caller's first voiced sample. */
async function speakInto(call: CallerCall, samples: Int16Array, n: number): Promise<number | undefined> {
  await sleep(systemClock, into(n));
  const onset = (firstVoicedWindow(voicedWindows(samples)) ?? 0) * VOICED_WINDOW_MS;
  const { startedMs } = await call.play(samples);
  return heardAfter(call, startedMs + onset);
}

async function pressInto(call: CallerCall, toNumber: string, n: number): Promise<number | undefined> {
  await call.dtmf(toNumber, KEY);
  const pressedMs = call.nowMs();
  await call.waitForSpeech({ afterMs: pressedMs, timeoutMs: PROMPT_WITHIN_MS });
  await sleep(systemClock, into(n) / 2);
  await call.dtmf('4', KEY);
  const releasedMs = call.nowMs() - KEY.gapMs;
  await sleep(systemClock, STOPPED_MS + 200);
  return heardAfter(call, releasedMs);
}

/** The key of the first question that leads to one for a number: its first digit is answered by silence. */
function keyToNumber({ nodes, start }: Flow): string | undefined {
  const first = nodes[start];
  const ways = first?.kind === 'menu' ? first.options : [];
  return ways.find(({ key, next }) => {
    const node = nodes[next];
    return key !== undefined && node?.kind === 'collect' && node.entity.type === 'digits';
  })?.key;
}

/** `undefined` when the bot was silent at that moment, so that nothing could be stopped. */
function heardAfter(call: CallerCall, momentMs: number): number | undefined {
  const untilMs = call.heard.voicedUntil(momentMs, STOPPED_MS);
  return untilMs === undefined ? undefined : Math.max(0, untilMs - momentMs);
}

async function soundInto(
  call: CallerCall,
  callerId: string,
  sound: Sound,
  n: number,
  line: LineUnderTest,
  undisturbed: { readonly stretches: number; readonly voicedMs: number },
): Promise<{ readonly stopped: boolean; readonly lost: boolean }> {
  // An echo comes with what it is the echo of, a little later.
  if (!sound.name.includes('echo')) await sleep(systemClock, into(n));
  const { startedMs } = await call.play(sound.samples.subarray(0, 3 * 8_000));
  await sleep(systemClock, Math.max(0, startedMs + WATCH_MS - call.nowMs()));
  await call.waitForSilence({ ms: 700, timeoutMs: WATCH_MS });
  const stopped = stretchesOf(call) > undisturbed.stretches;
  const isWhole = voicedMs(call) >= undisturbed.voicedMs - LACKS_MS;
  await sleep(systemClock, stopped ? RECORD_WITHIN_MS : 0);
  const turns = await line.turnsOf(callerId);
  const answered = turns.some(({ input }) => input.type === 'speech');
  return { stopped: stopped || answered, lost: answered || !isWhole };
}

/** How many times the bot has begun to speak. */
function stretchesOf(call: CallerCall): number {
  return call.heard.segments(call.answeredMs, STOPPED_MS).length;
}

/** How long the bot was heard in all, but for pauses that are heard as such. */
function voicedMs(call: CallerCall): number {
  return call.heard.segments(call.answeredMs, 100).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

function into(n: number): number {
  return INTO.leastMs + (INTO.mostMs - INTO.leastMs) * seededRandom(n)();
}

async function atOnce<T>(
  count: number,
  items: readonly T[],
  act: (item: T, n: number) => Promise<void>,
): Promise<void> {
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: count }, worker));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : Math.round((1_000 * all.filter(holds).length) / all.length) / 1_000;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
