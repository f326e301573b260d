import { join } from 'node:path';
import { readWav } from '../../src/audio/wav.js';
import { firstVoicedWindow, VOICED_WINDOW_MS, voicedWindows } from '../../src/audio/voiced.js';
import { sleep, systemClock } from '../../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../../src/sip-caller/index.js';
import { spread, type SpokenCommand } from '../commands.js';
import { seededRandom } from '../endpointing/seeded.js';
import type { LineUnderTest } from '../line.js';
import { MachineProbe, type MachineRecord } from '../machine.js';
import { sounds, type Sound } from './sounds.js';

export interface BargeInOptions {
  readonly line: LineUnderTest;
  readonly folder: string;
  readonly commands: readonly SpokenCommand[];
  /** Callers that speak into a prompt; half as many press a key; as many make each of the sounds. */
  readonly trials: number;
  readonly atOnce: number;
  readonly print: (line: string) => void;
}

interface Figures {
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
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
  /** From the caller's first voiced sample to the last voiced sample of the bot that the caller heard. */
  readonly speechMs: Figures;
  /** From the last packet of the key to the last voiced sample of the bot that the caller heard. */
  readonly keyMs: Figures;
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
/** Of the collecting node, behind a key of the menu: its first digit is answered by silence. */
const TO_NUMBER = '3';

export async function measureBargeIn(options: BargeInOptions): Promise<BargeInResult> {
  const probe = new MachineProbe();
  const lateness = new Distribution();
  let serial = 0;
  const call = async <T>(act: (call: CallerCall, callerId: string) => Promise<T>): Promise<T> => {
    const callerId = `8${String(Math.floor(systemClock.wallMs() / 1_000) % 100_000)}${String(serial++).padStart(4, '0')}`;
    const { host, port, extension } = options.line;
    const placed = await SipCaller.place({ host, port, extension, callerId });
    try {
      await placed.waitForSpeech({ afterMs: placed.answeredMs, timeoutMs: PROMPT_WITHIN_MS });
      return await act(placed, callerId);
    } finally {
      await placed.hangup();
      lateness.addAll(placed.lateness);
    }
  };

  const speech = new Distribution();
  const unheard: string[] = [];
  await atOnce(options.atOnce, spread(options.commands, options.trials), async ({ file }, n) => {
    const samples = await readWav(join(options.folder, file));
    const ms = await call((caller) => speakInto(caller, samples, n));
    if (ms !== undefined) speech.add(ms);
    if (ms !== undefined && ms > UNHEARD_MS) unheard.push(file);
  });
  const keys = new Distribution();
  await atOnce(options.atOnce, numbers(Math.ceil(options.trials / 2)), async (n) => {
    const ms = await call((caller) => pressInto(caller, n));
    if (ms !== undefined) keys.add(ms);
  });
  if (unheard.length > 0) options.print(`the bot spoke on through ${unheard.join(', ')}`);
  options.print(`barge-in by speech: ${describe(figures(speech))}; by key: ${describe(figures(keys))}`);

  const undisturbed = await call(async (caller) => {
    await caller.waitForSilence({ ms: 1_000, timeoutMs: 10_000 });
    const from = caller.heard.firstVoicedAfter(caller.answeredMs) ?? caller.answeredMs;
    return { prompt: caller.heard.timeline(from), stretches: stretchesOf(caller) };
  });
  const outcomes = new Map<string, { stopped: boolean; lost: boolean }[]>();
  const trials = (
    await Promise.all(numbers(options.trials).map((n) => sounds(options.folder, undisturbed.prompt, n)))
  ).flat();
  await atOnce(options.atOnce, trials, async (sound, n) => {
    const outcome = await call((caller, callerId) =>
      soundInto(caller, callerId, sound, n, options.line, undisturbed.stretches),
    );
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
    speechMs: figures(speech),
    keyMs: figures(keys),
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

async function pressInto(call: CallerCall, n: number): Promise<number | undefined> {
  await call.dtmf(TO_NUMBER, KEY);
  const pressedMs = call.nowMs();
  await call.waitForSpeech({ afterMs: pressedMs, timeoutMs: PROMPT_WITHIN_MS });
  await sleep(systemClock, into(n) / 2);
  await call.dtmf('4', KEY);
  const releasedMs = call.nowMs() - KEY.gapMs;
  await sleep(systemClock, STOPPED_MS + 200);
  return heardAfter(call, releasedMs);
}

/** `undefined` when the bot had been silent for a while, so that nothing could be stopped. */
function heardAfter(call: CallerCall, momentMs: number): number | undefined {
  const spoken = call.heard
    .segments(call.answeredMs, STOPPED_MS)
    .find(({ fromMs, toMs }) => fromMs < momentMs && toMs > momentMs - KEY.durationMs);
  return spoken && Math.max(0, spoken.toMs - momentMs);
}

async function soundInto(
  call: CallerCall,
  callerId: string,
  sound: Sound,
  n: number,
  line: LineUnderTest,
  undisturbed: number,
): Promise<{ readonly stopped: boolean; readonly lost: boolean }> {
  // An echo comes with what it is the echo of, a little later.
  if (!sound.name.includes('echo')) await sleep(systemClock, into(n));
  const { startedMs } = await call.play(sound.samples.subarray(0, 3 * 8_000));
  await sleep(systemClock, Math.max(0, startedMs + WATCH_MS - call.nowMs()));
  await call.waitForSilence({ ms: 700, timeoutMs: WATCH_MS });
  const stopped = stretchesOf(call) > undisturbed;
  await sleep(systemClock, stopped ? RECORD_WITHIN_MS : 0);
  const turns = await line.turnsOf(callerId);
  const answered = turns.some(({ input }) => input.type === 'speech');
  return { stopped: stopped || answered, lost: answered };
}

/** How many times the bot has begun to speak. */
function stretchesOf(call: CallerCall): number {
  return call.heard.segments(call.answeredMs, STOPPED_MS).length;
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

function figures(all: Distribution): Figures {
  const at = (share: number): number | null => (all.count === 0 ? null : Math.round(all.percentile(share)));
  return { n: all.count, p50: at(0.5), p95: at(0.95), max: at(1) };
}

function describe({ n, p50, p95, max }: Figures): string {
  return n === 0 ? 'not measured' : `p50 ${p50} ms, p95 ${p95} ms, max ${max} ms (${n})`;
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : Math.round((1_000 * all.filter(holds).length) / all.length) / 1_000;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
