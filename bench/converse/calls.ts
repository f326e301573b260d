import { sleep, systemClock } from '../../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../../src/sip-caller/index.js';
import type { TurnRecord } from '../../src/observability/turn-record.js';
import { countedFigures, type CountedFigures } from '../figures.js';
import type { LineUnderTest } from '../line.js';

/** A question as it is asked by telephone. */
export interface AskedQuestion {
  readonly samples: Int16Array;
  /** What people have written about it; absent: it is for the language model. */
  readonly written: string | undefined;
}

/** Of the questions, how many were heard as speech, and how many were answered: as written, or by the model. */
export interface AnsweredFigures {
  readonly questions: number;
  readonly heard: number;
  readonly answered: number;
  /** From the caller's last voiced sample to the first voiced sample heard: a filler or the answer. */
  readonly firstSoundMs: CountedFigures;
}

export interface CallsResult {
  readonly written: AnsweredFigures;
  readonly model: AnsweredFigures & {
    /** From the caller's last voiced sample to the first word of the answer, by the turn's record. */
    readonly firstWordMs: CountedFigures;
    /** From the moment at which the model is asked, before the turn is over, to its first token. */
    readonly firstTokenMs: CountedFigures;
  };
  readonly latenessMsP99: number;
}

const PROMPT = { beginMs: 6_000, endMs: 20_000, silenceMs: 900 } as const;
const ANSWER_WITHIN_MS = 10_000;
const RECORD_WITHIN_MS = 8_000;
const POLL_MS = 200;

class Tally {
  questions = 0;
  heard = 0;
  answered = 0;
  readonly sound = new Distribution();

  get figures(): AnsweredFigures {
    const { answered, heard, questions, sound } = this;
    return { questions, heard, answered, firstSoundMs: countedFigures(sound) };
  }
}

/** Each question is a call of its own, which begins where it is asked: nothing is in the model's cache but the system prompt. */
export async function askByTelephone(line: LineUnderTest, questions: readonly AskedQuestion[]): Promise<CallsResult> {
  const lateness = new Distribution();
  const [written, model] = [new Tally(), new Tally()];
  const [word, token] = [new Distribution(), new Distribution()];
  for (const [n, { samples, written: answer }] of questions.entries()) {
    const callerId = `9${String(Math.floor(systemClock.wallMs() / 1_000) % 100_000)}${String(n).padStart(3, '0')}`;
    const { host, port, extension } = line;
    const tally = answer === undefined ? model : written;
    tally.questions++;
    const call = await SipCaller.place({ host, port, extension, callerId });
    try {
      await heardOut(call, call.answeredMs);
      const { lastVoicedSentMs } = await call.play(samples);
      const heard = await call.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs: ANSWER_WITHIN_MS });
      if (heard) tally.sound.add(heard.firstVoicedMs - lastVoicedSentMs);
      const turn = await questionTurn(line, callerId);
      if (turn) tally.heard++;
      const { audibleMs, llmFirstTokenMs, llmStartMs = 0 } = turn?.marks ?? {};
      if (answer !== undefined && turn?.said.includes(answer)) tally.answered++;
      if (answer === undefined && audibleMs !== undefined && llmFirstTokenMs !== undefined) {
        tally.answered++;
        word.add(audibleMs);
        token.add(llmFirstTokenMs - llmStartMs);
      }
    } finally {
      await call.hangup();
      lateness.addAll(call.lateness);
    }
  }
  return {
    written: written.figures,
    model: { ...model.figures, firstWordMs: countedFigures(word), firstTokenMs: countedFigures(token) },
    latenessMsP99: lateness.percentile(0.99),
  };
}

async function heardOut(call: CallerCall, afterMs: number): Promise<void> {
  await call.waitForSpeech({ afterMs, timeoutMs: PROMPT.beginMs });
  await call.waitForSilence({ ms: PROMPT.silenceMs, timeoutMs: PROMPT.endMs });
}

/** The turn of the question. It is written when the answer has been heard. */
async function questionTurn(line: LineUnderTest, callerId: string): Promise<TurnRecord | undefined> {
  const deadlineMs = systemClock.nowMs() + RECORD_WITHIN_MS;
  for (;;) {
    const turn = (await line.turnsOf(callerId)).find(({ input }) => input.type === 'speech');
    if (turn || systemClock.nowMs() >= deadlineMs) return turn;
    await sleep(systemClock, POLL_MS);
  }
}
