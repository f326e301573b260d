import { join } from 'node:path';
import { readWav } from '../src/audio/wav.js';
import { HandrailError } from '../src/kernel/errors.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../src/sip-caller/index.js';
import type { TurnRecord } from '../src/observability/turn-record.js';
import { judgeAll, spread, type SpokenCommand, type Verdict } from './commands.js';
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
  readonly print: (line: string) => void;
}

/** The file that `--json` writes. Shares are 0 … 1 of the turns of the run. */
export interface V2vResult {
  readonly machine: MachineRecord;
  readonly runs: readonly V2vRun[];
}

/** `null` when no turn of the run was answered: no figure is better than a 0 that looks like a fast one. */
interface LatencyFigures {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface V2vRun {
  readonly calls: number;
  readonly turns: number;
  /** From the last voiced sample that the caller sent to the first voiced sample that the caller received. */
  readonly v2vMs: LatencyFigures;
  readonly understood: number;
  readonly actedWrong: number;
  readonly unanswered: number;
}

type TurnAnswer =
  | { readonly type: 'answered'; readonly v2vMs: number }
  /** The line spoke before the caller had finished: no latency can be told. */
  | { readonly type: 'interrupted' }
  | { readonly type: 'unanswered' };

export interface MeasuredTurn {
  readonly answer: TurnAnswer;
  readonly verdict: Verdict;
}

const PROMPT = { beginMs: 5_000, endMs: 20_000, silenceMs: 700 } as const;
const UNANSWERED_AFTER_MS = 5_000;
/** The turn is written when the answer has been spoken, or shortly after. */
const TURN_RECORD_WITHIN_MS = 3_000;
const POLL_MS = 200;

/** Runs all numbers of concurrent callers one after another; each command is a call of its own, with its own number. */
export async function measureV2v(options: V2vOptions): Promise<V2vResult> {
  const probe = new MachineProbe();
  const lateness = new Distribution();
  const runs: V2vRun[] = [];
  let serial = 0;
  for (const calls of options.calls) {
    const waiting = spread(options.commands, options.turns).map((command) => ({ command, number: numberOf(serial++) }));
    const measured: MeasuredTurn[] = [];
    const caller = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        measured.push(await measureTurn(options, next.command, next.number, lateness));
      }
    };
    await Promise.all(Array.from({ length: calls }, caller));
    const run = summarise(calls, measured);
    runs.push(run);
    options.print(describeRun(run, measured));
  }
  return { machine: probe.record(lateness.percentile(0.99)), runs };
}

/** Caller numbers are unique within a bench, so that each finds its own turns; the start keeps runs of one day apart. */
function numberOf(serial: number): string {
  const minute = Math.floor(systemClock.wallMs() / 60_000) % 10_000;
  return `7${String(minute).padStart(4, '0')}${String(serial).padStart(4, '0')}`;
}

async function measureTurn(
  { line, folder }: V2vOptions,
  command: SpokenCommand,
  callerId: string,
  lateness: Distribution,
): Promise<MeasuredTurn> {
  const samples = await readWav(join(folder, command.file));
  const call = await SipCaller.place({ host: line.host, port: line.port, extension: line.extension, callerId }).catch(
    (error: unknown) => {
      if (error instanceof HandrailError && error.code === 'HR_CALL_FAILED') return undefined;
      throw error;
    },
  );
  // To a caller, a line that refuses is a line that does not answer.
  if (!call) return { answer: { type: 'unanswered' }, verdict: 'not-understood' };
  try {
    await call.waitForSpeech({ afterMs: call.answeredMs, timeoutMs: PROMPT.beginMs });
    await call.waitForSilence({ ms: PROMPT.silenceMs, timeoutMs: PROMPT.endMs });
    const answer = await speakAndHear(call, samples);
    const turns = answer.type === 'unanswered' ? [] : await spokenTurns(line, callerId);
    return { answer, verdict: judgeAll(command, turns) };
  } finally {
    await call.hangup();
    lateness.addAll(call.lateness);
  }
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
  await call.waitForSilence({ ms: PROMPT.silenceMs, timeoutMs: PROMPT.endMs });
  const v2vMs = heard.firstVoicedMs - lastVoicedSentMs;
  return v2vMs < 0 ? { type: 'interrupted' } : { type: 'answered', v2vMs };
}

async function spokenTurns(line: LineUnderTest, callerNumber: string): Promise<readonly TurnRecord[]> {
  const deadlineMs = systemClock.nowMs() + TURN_RECORD_WITHIN_MS;
  for (;;) {
    const turns = await line.turnsOf(callerNumber);
    if (turns.some(({ input }) => input.type === 'speech') || systemClock.nowMs() >= deadlineMs) return turns;
    await sleep(systemClock, POLL_MS);
  }
}

export function summarise(calls: number, measured: readonly MeasuredTurn[]): V2vRun {
  const v2v = new Distribution();
  for (const { answer } of measured) if (answer.type === 'answered') v2v.add(answer.v2vMs);
  const figure = (ms: number): number | null => (v2v.count === 0 ? null : Math.round(ms));
  const share = (holds: (turn: MeasuredTurn) => boolean): number =>
    measured.length === 0 ? 0 : Math.round((1_000 * measured.filter(holds).length) / measured.length) / 1_000;
  return {
    calls,
    turns: measured.length,
    v2vMs: { p50: figure(v2v.percentile(0.5)), p95: figure(v2v.percentile(0.95)), max: figure(v2v.max) },
    understood: share(({ verdict }) => verdict === 'understood'),
    actedWrong: share(({ verdict }) => verdict === 'acted-wrong'),
    unanswered: share(({ answer }) => answer.type === 'unanswered'),
  };
}

function describeRun(run: V2vRun, measured: readonly MeasuredTurn[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { p50, p95, max } = run.v2vMs;
  const latency = p50 === null ? 'not measured' : `p50 ${p50} ms, p95 ${p95} ms, max ${max} ms`;
  const interrupted = measured.filter(({ answer }) => answer.type === 'interrupted').length;
  return [
    `${run.calls} at once, ${run.turns} turns: voice to voice ${latency}`,
    `understood ${percent(run.understood)}, acted wrong ${percent(run.actedWrong)}, unanswered ${percent(run.unanswered)}`,
    ...(interrupted > 0 ? [`${interrupted} answered before the caller had finished (not in the times)`] : []),
  ].join('; ');
}
