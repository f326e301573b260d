import { sleep, systemClock } from '../src/kernel/clock.js';
import type { TurnRecord } from '../src/observability/turn-record.js';
import { SipCaller, type CallerCall, type Distribution } from '../src/sip-caller/index.js';
import type { LineUnderTest } from './line.js';

const PROMPT_WITHIN_MS = 6_000;
const POLL_MS = 200;

/**
 * Numbers of the callers of one bench. Each call has its own, so that it finds its own turns; the moment keeps the runs of a day
 * apart.
 *
 * @param first a digit that keeps benches apart
 */
export function callerNumbers(first: string): () => string {
  const second = Math.floor(systemClock.wallMs() / 1_000) % 100_000;
  let serial = 0;
  return () => `${first}${String(second).padStart(5, '0')}${String(serial++).padStart(4, '0')}`;
}

/**
 * A call to the line, from the first sound of its greeting on. It is hung up in any case.
 *
 * @param lateness gets how late the caller's own clock was
 * @throws HandrailError HR_CALL_FAILED when the line does not take it
 */
export async function inCall<Result>(
  { host, port, extension }: LineUnderTest,
  callerId: string,
  lateness: Distribution,
  act: (call: CallerCall) => Promise<Result>,
): Promise<Result> {
  const call = await SipCaller.place({ host, port, extension, callerId });
  try {
    await call.waitForSpeech({ afterMs: call.answeredMs, timeoutMs: PROMPT_WITHIN_MS });
    return await act(call);
  } finally {
    await call.hangup();
    lateness.addAll(call.lateness);
  }
}

/** The turns of that caller as soon as one of speech is among them: it is written when its answer has been heard. */
export async function turnsWithSpeech(
  line: LineUnderTest,
  callerNumber: string,
  withinMs: number,
): Promise<readonly TurnRecord[]> {
  const deadlineMs = systemClock.nowMs() + withinMs;
  for (;;) {
    const turns = await line.turnsOf(callerNumber);
    if (turns.some(({ input }) => input.type === 'speech') || systemClock.nowMs() >= deadlineMs) return turns;
    await sleep(systemClock, POLL_MS);
  }
}
