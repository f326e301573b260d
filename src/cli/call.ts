import { parseArgs } from 'node:util';
import { readWav, writeWav } from '../audio/wav.js';
import { systemClock } from '../kernel/clock.js';
import { HandrailError, explain } from '../kernel/errors.js';
import { SipCaller, type CallerCall, type Played } from '../sip-caller/index.js';
import { describeCall, type CallReport, type HeardSegment } from './call-report.js';
import { readRunInfo } from './run-info.js';
import { openTranscriber, type Transcriber } from './transcriber.js';

export const callUsage = `handrail call [--play FILE.wav] [--dtmf KEYS] [--to EXTEN] [--host H] [--port P]
              [--from NUMBER] [--local ADDRESS] [--record OUT.wav] [--wait MS] [--no-words]
Places a test call: waits until the prompt has been spoken, plays the file, presses the keys, and tells what was heard,
in words where the recogniser is installed.`;

export interface CallCommandTools {
  readonly print?: (line: string) => void;
  /** Without words only levels are told. @defaultValue a recogniser of its own, where one is installed */
  readonly transcriber?: Transcriber;
}

interface CallPlan {
  readonly host: string;
  readonly port: number;
  readonly extension: string;
  readonly callerId: string;
  readonly localAddress: string | undefined;
  readonly samples: Int16Array | undefined;
  readonly keys: string | undefined;
  readonly record: string | undefined;
  readonly waitMs: number;
  readonly words: boolean;
}

/** Pauses shorter than this belong to one stretch of speech. */
const PAUSE_MS = 400;
/** So long must a prompt be silent before it counts as spoken. */
const PROMPT_END_MS = 700;
/** A prompt that does not come, or does not end, is not waited for longer. */
const PROMPT_LIMITS = { beginMs: 3_000, endMs: 20_000 } as const;
const DEFAULT_WAIT_MS = 5_000;

/**
 * `handrail call`: places one call and prints it.
 *
 * @returns the exit code
 * @throws HandrailError HR_USAGE, HR_WAV_INVALID, HR_CALL_FAILED (with the SIP status)
 */
export async function run(args: readonly string[], tools: CallCommandTools = {}): Promise<number> {
  const print = tools.print ?? ((line: string) => console.log(line));
  const plan = await readPlan(args);
  print(`Calling ${plan.extension} at ${plan.host}:${plan.port} as ${plan.callerId}`);
  const call = await SipCaller.place({
    host: plan.host,
    port: plan.port,
    extension: plan.extension,
    callerId: plan.callerId,
    ...(plan.localAddress === undefined ? {} : { localAddress: plan.localAddress }),
  });
  const report = await converse(call, plan);
  for (const line of describeCall(await addWords(report, call, plan, tools))) print(line);
  if (plan.record !== undefined) {
    await writeWav(plan.record, call.stereo());
    print(`Recorded to ${plan.record} (left: we, right: they)`);
  }
  return 0;
}

async function converse(call: CallerCall, plan: CallPlan): Promise<CallReport> {
  await call.waitForSpeech({ afterMs: call.answeredMs, timeoutMs: PROMPT_LIMITS.beginMs });
  await call.waitForSilence({ ms: PROMPT_END_MS, timeoutMs: PROMPT_LIMITS.endMs });
  let played: Played | undefined;
  if (plan.samples) {
    played = await call.play(plan.samples);
    await hearOut(call, plan.waitMs, played.lastVoicedSentMs);
  }
  let keysSentMs: number | undefined;
  if (plan.keys !== undefined) {
    await call.dtmf(plan.keys);
    keysSentMs = call.nowMs();
    await hearOut(call, plan.waitMs, keysSentMs);
  }
  const end = await call.hangup();
  return {
    answeredMs: call.answeredMs,
    answeredAfterMs: call.answeredMs - call.invitedMs,
    played,
    keysSentMs,
    heard: call.heard.segments(call.answeredMs, PAUSE_MS),
    end,
    stats: call.stats,
  };
}

/** After the call: recognition would make our own clock late. */
async function addWords(
  report: CallReport,
  call: CallerCall,
  plan: CallPlan,
  { transcriber: given, print: tell = console.log }: CallCommandTools,
): Promise<CallReport> {
  const transcriber = plan.words ? (given ?? openTranscriber(systemClock)) : undefined;
  if (!transcriber) return report;
  try {
    const heard: HeardSegment[] = [];
    for (const segment of report.heard) {
      const text = await transcriber.transcribe(call.heard.timeline(segment.fromMs, segment.toMs));
      heard.push({ ...segment, text });
    }
    return { ...report, heard };
  } catch (error) {
    // The call itself is told all the same.
    tell(`No words: ${explain(error)}`);
    return report;
  } finally {
    await transcriber.close();
  }
}

async function hearOut(call: CallerCall, waitMs: number, afterMs: number): Promise<void> {
  if (await call.waitForSpeech({ afterMs, timeoutMs: waitMs })) {
    await call.waitForSilence({ ms: PROMPT_END_MS, timeoutMs: PROMPT_LIMITS.endMs });
  }
}

async function readPlan(args: readonly string[]): Promise<CallPlan> {
  const values = readOptions(args);
  const running = await readRunInfo();
  const host = values.host ?? running?.sipHost;
  const port = values.port === undefined ? running?.sipPort : wholeNumber('--port', values.port);
  if (host === undefined || port === undefined) {
    throw new HandrailError(
      'HR_USAGE',
      'No Handrail is running here: start one with `npm start`, or give --host and --port.',
    );
  }
  return {
    host,
    port,
    extension: values.to ?? running?.extension ?? '100',
    callerId: values.from ?? '7000',
    localAddress: values.local,
    samples: values.play === undefined ? undefined : await readWav(values.play),
    keys: values.dtmf,
    record: values.record,
    waitMs: values.wait === undefined ? DEFAULT_WAIT_MS : wholeNumber('--wait', values.wait),
    words: !values['no-words'],
  };
}

function readOptions(args: readonly string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        play: option,
        dtmf: option,
        to: option,
        host: option,
        port: option,
        from: option,
        local: option,
        record: option,
        wait: option,
        'no-words': { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HandrailError('HR_USAGE', `${why}\n${callUsage}`, { cause });
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new HandrailError('HR_USAGE', `${name} wants a whole number, not "${text}".`);
  return Number(text);
}
