import { join } from 'node:path';
import { firstVoicedWindow, VOICED_WINDOW_MS, voicedWindows } from '../src/audio/voiced.js';
import { readWav } from '../src/audio/wav.js';
import { HandrailError } from '../src/kernel/errors.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { Distribution, type CallerCall } from '../src/sip-caller/index.js';
import { stagesOf } from '../src/observability/turn-metrics.js';
import type { TurnMarks } from '../src/observability/turn-record.js';
import { callerNumbers, inCall, turnsWithSpeech } from './calls.js';
import { judgeAll, spread, type SpokenCommand, type Verdict } from './commands.js';
import { describeLatency, latencyFigures, type LatencyFigures } from './figures.js';
import type { LineUnderTest } from './line.js';
import { MachineProbe, type MachineRecord } from './machine.js';

export interface V2vOptions {
  readonly line: LineUnderTest;
  readonly folder: string;
  readonly commands: readonly SpokenCommand[];
  /** Turns of each run. */
  readonly turns: number;
  /** Concurrent callers: one run for each number. */
  readonly calls: readonly number[];
  /** Each caller takes a turn so often, by speaking into the prompt; `undefined`: hears the prompts out, one call after the other. */
  readonly everyMs: number | undefined;
  readonly print: (line: string) => void;
}

/** The file that `--json` writes. Shares are 0 … 1 of the turns of the run. */
export interface V2vResult {
  readonly machine: MachineRecord;
  readonly runs: readonly V2vRun[];
}

type Spread = LatencyFigures & { readonly least: number | null };

export interface V2vRun {
  readonly calls: number;
  readonly turns: number;
  /** From the last voiced sample that the caller sent to the first voiced sample that the caller received. */
  readonly v2vMs: LatencyFigures;
  readonly understood: number;
  readonly actedWrong: number;
  readonly unanswered: number;
  /** Answered before the caller had finished. */
  readonly interrupted: number;
  /** Where the milliseconds went, by the turns' own records: one entry a stage of `stagesOf`. */
  readonly parts: Readonly<Record<string, LatencyFigures>>;
  /** What the caller's own figure is above the record's: the part of a turn that nobody has written down. */
  readonly unexplainedMs: Spread;
  /** How much later the caller heard the first voice than the record has it. */
  readonly heardLaterMs: Spread;
  /** How much earlier the caller's last voiced sample was than the record has it: two judgements of a soft ending. */
  readonly endedEarlierMs: Spread;
  readonly each: readonly EachTurn[];
}

/** One turn, as both sides saw it. */
interface EachTurn {
  readonly file: string;
  readonly v2vMs: number | null;
  readonly verdict: Verdict;
  readonly marks: TurnMarks;
}

type TurnAnswer =
  | { readonly type: 'answered'; readonly v2vMs: number; readonly lastVoicedSentMs: number }
  /** The line spoke before the caller had finished: no latency can be told. */
  | { readonly type: 'interrupted' }
  | { readonly type: 'unanswered' };

export interface MeasuredTurn {
  readonly file: string;
  readonly answer: TurnAnswer;
  readonly verdict: Verdict;
  /** Of the turn that answered. */
  readonly marks: TurnMarks;
}

const PROMPT = { timeoutMs: 20_000, ms: 700 } as const;
const UNANSWERED_AFTER_MS = 5_000;
const INTO_PROMPT_MS = 400;
/** What is heard of the bot so long after the caller's first voiced sample is no prompt that is being stopped. */
const FALLS_SILENT_WITHIN_MS = 600;
/** The turn is written when the answer has been spoken, or shortly after. */
const TURN_RECORD_WITHIN_MS = 3_000;

/** Runs all numbers of concurrent callers one after another; each command is a call of its own, with its own number. */
export async function measureV2v(options: V2vOptions): Promise<V2vResult> {
  const probe = new MachineProbe();
  const lateness = new Distribution();
  const runs: V2vRun[] = [];
  const number = callerNumbers('7');
  for (const calls of options.calls) {
    const waiting = spread(options.commands, options.turns).map((command) => ({ command, number: number() }));
    const turns: Promise<MeasuredTurn>[] = [];
    const gaps = new Distribution();
    const startMs = systemClock.nowMs();
    const { everyMs } = options;
    const caller = async (_: unknown, n: number): Promise<void> => {
      let dueMs = startMs + ((everyMs ?? 0) * n) / calls;
      let begunMs: number | undefined;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await sleep(systemClock, Math.max(0, dueMs - systemClock.nowMs()));
        const nowMs = systemClock.nowMs();
        if (begunMs !== undefined) gaps.add(nowMs - begunMs);
        begunMs = nowMs;
        const answer = await takeTurn(options, next.command, next.number, lateness);
        const judged = judgeTurn(options.line, next.command, next.number, answer);
        // Told when all turns are over.
        judged.catch(() => undefined);
        turns.push(judged);
        dueMs += everyMs ?? 0;
      }
    };
    await Promise.all(Array.from({ length: calls }, caller));
    if (everyMs !== undefined && gaps.count > 0)
      options.print(`each caller began a turn every ${(gaps.percentile(0.5) / 1_000).toFixed(1)} s (median)`);
    const measured = await Promise.all(turns);
    const run = summarise(calls, measured);
    runs.push(run);
    options.print(describeRun(run, measured));
  }
  return { machine: probe.record(lateness.percentile(0.99)), runs };
}

async function takeTurn(
  { line, folder, everyMs }: V2vOptions,
  command: SpokenCommand,
  callerId: string,
  lateness: Distribution,
): Promise<TurnAnswer> {
  const samples = await readWav(join(folder, command.file));
  const turn = async (call: CallerCall): Promise<TurnAnswer> => {
    if (everyMs === undefined) await call.waitForSilence(PROMPT);
    else await sleep(systemClock, INTO_PROMPT_MS);
    return everyMs === undefined ? speakAndHear(call, samples) : speakInto(call, samples);
  };
  return inCall(line, callerId, lateness, turn).catch((error: unknown) => {
    // To a caller, a line that refuses is a line that does not answer.
    if (error instanceof HandrailError && error.code === 'HR_CALL_FAILED') return { type: 'unanswered' };
    throw error;
  });
}

/** By the record of the turn, which is there when the call is over: the caller does not wait for it. */
async function judgeTurn(
  line: LineUnderTest,
  command: SpokenCommand,
  callerId: string,
  answer: TurnAnswer,
): Promise<MeasuredTurn> {
  const turns = answer.type === 'unanswered' ? [] : await turnsWithSpeech(line, callerId, TURN_RECORD_WITHIN_MS);
  const marks = turns.find(({ input }) => input.type === 'speech')?.marks ?? {};
  return { file: command.file, answer, verdict: judgeAll(command, turns), marks };
}

async function speakAndHear(call: CallerCall, samples: Int16Array): Promise<TurnAnswer> {
  const { startedMs, lastVoicedSentMs } = await call.play(samples);
  const heard = await call.waitForSpeech({
    afterMs: startedMs,
    timeoutMs: lastVoicedSentMs + UNANSWERED_AFTER_MS - call.nowMs(),
  });
  if (!heard) return { type: 'unanswered' };
  if (heard.firstVoicedMs < lastVoicedSentMs) {
    // The rest of the order is answered too, or not: its turn must have been written before it is judged.
    await call.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs: UNANSWERED_AFTER_MS });
  }
  await call.waitForSilence(PROMPT);
  const v2vMs = heard.firstVoicedMs - lastVoicedSentMs;
  return v2vMs < 0 ? { type: 'interrupted' } : { type: 'answered', v2vMs, lastVoicedSentMs };
}

/** Speaks into the prompt, which falls silent for it, and hears the answer. */
async function speakInto(call: CallerCall, samples: Int16Array): Promise<TurnAnswer> {
  const { startedMs, lastVoicedSentMs } = await call.play(samples);
  const onsetMs = startedMs + (firstVoicedWindow(voicedWindows(samples)) ?? 0) * VOICED_WINDOW_MS;
  const early = call.heard.firstVoicedAfter(onsetMs + FALLS_SILENT_WITHIN_MS);
  const timeoutMs = lastVoicedSentMs + UNANSWERED_AFTER_MS - call.nowMs();
  const heard = await call.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs });
  if (early !== undefined && early < lastVoicedSentMs) return { type: 'interrupted' };
  return heard
    ? { type: 'answered', v2vMs: heard.firstVoicedMs - lastVoicedSentMs, lastVoicedSentMs }
    : { type: 'unanswered' };
}

export function summarise(calls: number, measured: readonly MeasuredTurn[]): V2vRun {
  const share = (holds: (turn: MeasuredTurn) => boolean): number =>
    measured.length === 0 ? 0 : Math.round((1_000 * measured.filter(holds).length) / measured.length) / 1_000;
  const answered = measured.flatMap(({ answer, marks }) => (answer.type === 'answered' ? [{ ...answer, marks }] : []));
  const explained = answered.flatMap(({ v2vMs, lastVoicedSentMs, marks: { referenceAtMs, audibleMs } }) =>
    referenceAtMs === undefined || audibleMs === undefined
      ? []
      : [{ unexplained: v2vMs - audibleMs, endedEarlier: referenceAtMs - lastVoicedSentMs }],
  );
  return {
    calls,
    turns: measured.length,
    v2vMs: figures(answered.map(({ v2vMs }) => v2vMs)),
    understood: share(({ verdict }) => verdict === 'understood'),
    actedWrong: share(({ verdict }) => verdict === 'acted-wrong'),
    unanswered: share(({ answer }) => answer.type === 'unanswered'),
    interrupted: share(({ answer }) => answer.type === 'interrupted'),
    parts: partsOf(answered.map(({ marks }) => marks)),
    unexplainedMs: spreadOf(explained.map(({ unexplained }) => unexplained)),
    heardLaterMs: spreadOf(explained.map(({ unexplained, endedEarlier }) => unexplained - endedEarlier)),
    endedEarlierMs: spreadOf(explained.map(({ endedEarlier }) => endedEarlier)),
    each: measured.map(({ file, answer, verdict, marks }) => ({
      file,
      v2vMs: answer.type === 'answered' ? Math.round(answer.v2vMs) : null,
      verdict,
      marks,
    })),
  };
}

function figures(values: readonly number[]): LatencyFigures {
  const all = new Distribution();
  for (const value of values) all.add(value);
  return latencyFigures(all);
}

function spreadOf(values: readonly number[]): Spread {
  return { ...figures(values), least: values.length === 0 ? null : Math.round(Math.min(...values)) };
}

function partsOf(all: readonly TurnMarks[]): Record<string, LatencyFigures> {
  const stages = new Map<string, number[]>();
  for (const marks of all)
    for (const [stage, ms] of stagesOf(marks)) stages.set(stage, [...(stages.get(stage) ?? []), ms]);
  return Object.fromEntries([...stages].map(([stage, values]) => [stage, figures(values)]));
}

function describeRun(run: V2vRun, measured: readonly MeasuredTurn[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const interrupted = measured.filter(({ answer }) => answer.type === 'interrupted').length;
  const parts = Object.entries(run.parts).map(([stage, part]) => `${stage} ${part.p50}/${part.p95}`);
  const { unexplainedMs, heardLaterMs, endedEarlierMs } = run;
  const range = ({ least, p50: middle, max: most }: Spread): string => `${least} to ${most} ms (median ${middle})`;
  return [
    `${run.calls} at once, ${run.turns} turns: voice to voice ${describeLatency(run.v2vMs)}`,
    `understood ${percent(run.understood)}, acted wrong ${percent(run.actedWrong)}, unanswered ${percent(run.unanswered)}`,
    ...(interrupted > 0 ? [`${interrupted} answered before the caller had finished (not in the times)`] : []),
    ...(parts.length > 0 ? [`\n  parts, p50/p95 ms: ${parts.join(', ')}`] : []),
    ...(unexplainedMs.p50 === null
      ? []
      : [
          `the caller’s figure is above the record’s by ${range(unexplainedMs)}`,
          `heard later than recorded by ${range(heardLaterMs)}, stopped earlier by ${range(endedEarlierMs)}`,
        ]),
  ].join('; ');
}
