import { Distribution } from '../../src/sip-caller/index.js';
import { callerNumbers, inCall, turnsWithSpeech } from '../calls.js';
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

const PROMPT = { timeoutMs: 20_000, ms: 900 } as const;
const ANSWER_WITHIN_MS = 10_000;
const RECORD_WITHIN_MS = 8_000;

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
  const number = callerNumbers('9');
  for (const { samples, written: answer } of questions) {
    const tally = answer === undefined ? model : written;
    tally.questions++;
    const callerId = number();
    await inCall(line, callerId, lateness, async (call) => {
      await call.waitForSilence(PROMPT);
      const { lastVoicedSentMs } = await call.play(samples);
      const heard = await call.waitForSpeech({ afterMs: lastVoicedSentMs, timeoutMs: ANSWER_WITHIN_MS });
      if (heard) tally.sound.add(heard.firstVoicedMs - lastVoicedSentMs);
      const turns = await turnsWithSpeech(line, callerId, RECORD_WITHIN_MS);
      const turn = turns.find(({ input }) => input.type === 'speech');
      if (turn) tally.heard++;
      const { audibleMs, llmFirstTokenMs, llmStartMs = 0 } = turn?.marks ?? {};
      if (answer !== undefined && turn?.said.includes(answer)) tally.answered++;
      if (answer === undefined && audibleMs !== undefined && llmFirstTokenMs !== undefined) {
        tally.answered++;
        word.add(audibleMs);
        token.add(llmFirstTokenMs - llmStartMs);
      }
    });
  }
  return {
    written: written.figures,
    model: { ...model.figures, firstWordMs: countedFigures(word), firstTokenMs: countedFigures(token) },
    latenessMsP99: lateness.percentile(0.99),
  };
}
