import { sleep, systemClock } from '../../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../../src/sip-caller/index.js';
import type { TurnRecord } from '../../src/observability/turn-record.js';
import { countedFigures, describeCounted, type CountedFigures } from '../figures.js';
import type { LineUnderTest } from '../line.js';
import { MachineProbe, type MachineRecord } from '../machine.js';

export interface ConverseOptions {
  readonly line: LineUnderTest;
  /** The node with the language model … */
  readonly node: string;
  /** … and “I have a question.”, which leads to it. */
  readonly opening: Int16Array;
  readonly questions: readonly Int16Array[];
  readonly print: (line: string) => void;
}

export interface ConverseResult {
  readonly machine: MachineRecord;
  readonly questions: number;
  /** Of them, how many were heard at the node; the others were lost on the way there. */
  readonly heard: number;
  /** Of them, how many the model answered with something that passed its checks. */
  readonly answered: number;
  /** From the caller's last voiced sample to the first voiced sample heard: a filler or the answer. */
  readonly firstSoundMs: CountedFigures;
  /** The same to the first word of the answer, by the turn's record. */
  readonly firstWordMs: CountedFigures;
  /** From the moment at which the model is asked, before the turn is over, to its first token. */
  readonly firstTokenMs: CountedFigures;
}

const PROMPT = { beginMs: 6_000, endMs: 20_000, silenceMs: 900 } as const;
const ANSWER_WITHIN_MS = 10_000;
const RECORD_WITHIN_MS = 8_000;
const POLL_MS = 200;

/** Each question is a call of its own: nothing is in the model's cache but the system prompt. */
export async function measureConverse(options: ConverseOptions): Promise<ConverseResult> {
  const { line, node, opening, questions, print } = options;
  const probe = new MachineProbe();
  const lateness = new Distribution();
  const sound = new Distribution();
  const word = new Distribution();
  const token = new Distribution();
  let heardThere = 0;
  for (const [n, question] of questions.entries()) {
    const callerId = `9${String(Math.floor(systemClock.wallMs() / 1_000) % 100_000)}${String(n).padStart(3, '0')}`;
    const { host, port, extension } = line;
    const call = await SipCaller.place({ host, port, extension, callerId });
    try {
      await heardOut(call, call.answeredMs);
      const { lastVoicedSentMs: openedMs } = await call.play(opening);
      await heardOut(call, openedMs);
      const { lastVoicedSentMs } = await call.play(question);
      const heard = await call.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs: ANSWER_WITHIN_MS });
      if (heard) sound.add(heard.firstVoicedMs - lastVoicedSentMs);
      const turn = await modelTurn(line, callerId);
      if (turn?.nodeId === node) heardThere++;
      const { marks } = turn ?? {};
      if (marks?.audibleMs !== undefined && marks.llmFirstTokenMs !== undefined) {
        word.add(marks.audibleMs);
        token.add(marks.llmFirstTokenMs - (marks.llmStartMs ?? 0));
      }
    } finally {
      await call.hangup();
      lateness.addAll(call.lateness);
    }
  }
  const result: ConverseResult = {
    machine: probe.record(lateness.percentile(0.99)),
    questions: questions.length,
    heard: heardThere,
    answered: word.count,
    firstSoundMs: countedFigures(sound),
    firstWordMs: countedFigures(word),
    firstTokenMs: countedFigures(token),
  };
  print(`${result.questions} questions: ${result.heard} were heard, ${result.answered} answered by the model`);
  print(`first sound, filler or answer: ${describeCounted(result.firstSoundMs)}`);
  print(
    `first word of the answer: ${describeCounted(result.firstWordMs)}; its first token: ${describeCounted(result.firstTokenMs)}`,
  );
  return result;
}

async function heardOut(call: CallerCall, afterMs: number): Promise<void> {
  await call.waitForSpeech({ afterMs, timeoutMs: PROMPT.beginMs });
  await call.waitForSilence({ ms: PROMPT.silenceMs, timeoutMs: PROMPT.endMs });
}

/** The turn of the question: the newest that was spoken. It is written when the answer has been heard. */
async function modelTurn(line: LineUnderTest, callerId: string): Promise<TurnRecord | undefined> {
  const deadlineMs = systemClock.nowMs() + RECORD_WITHIN_MS;
  for (;;) {
    const spoken = (await line.turnsOf(callerId)).filter(({ input }) => input.type === 'speech');
    if (spoken.length > 1 || systemClock.nowMs() >= deadlineMs) return spoken.at(-1);
    await sleep(systemClock, POLL_MS);
  }
}
