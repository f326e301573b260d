import type { DialogState, Listen } from './state.js';
import { meaningKey } from './nlu/walk.js';
import type { Understanding } from './ports.js';
import { joined as joinedSamples, silence } from '../audio/utterance.js';
import { TELEPHONE_RATE_HZ } from '../externalmedia/port.js';
import type { Meaning } from '../flow/expectation.js';
import type { Cancel, Clock } from '../kernel/clock.js';

/**
 * A caller who pauses behind a whole request cannot be told from one who has finished. Whoever goes on as soon as the answer
 * begins cannot have heard what it says: they go on with their own sentence. The answer is taken back then, and both parts
 * are heard as one (docs/adr/0089-an-answer-can-be-taken-back.md).
 */

/** What was recognised: samples at 8 kHz, and when they were said. */
export interface Utterance {
  readonly samples: Int16Array;
  readonly speechStartMs: number;
  /** When the last sample was said. */
  readonly atMs: number;
}

/** An answer that may have come too early. */
export interface Answered {
  readonly said: Utterance;
  /** What it was understood as, if it was. */
  readonly meaning: Meaning | undefined;
  readonly decidedMs: number;
  /** The question that stood, and where the call was. */
  readonly listen: Listen;
  readonly state: DialogState;
}

/** Nobody hears a sentence, understands it and begins to reply to it in less. */
const GOES_ON_WITHIN_MS = 600;
/** @param speechStartMs when the caller was heard again */
export function goesOn({ decidedMs }: Pick<Answered, 'decidedMs'>, speechStartMs: number): boolean {
  return speechStartMs - decidedMs <= GOES_ON_WITHIN_MS;
}

/** What the media thread tells of a voice may reach a busy main thread so much later. */
const LATE_WORD_MS = 200;

/**
 * Keeps an answer while it may be taken back, and the sound of what was said with it: no longer, because it may have been a
 * secret.
 */
export class SecondChance {
  #answered: Answered | undefined;
  readonly #cancel: Cancel;

  constructor(answered: Answered, clock: Clock) {
    this.#answered = answered;
    const untilMs = answered.decidedMs + GOES_ON_WITHIN_MS + LATE_WORD_MS;
    this.#cancel = clock.after(untilMs - clock.nowMs(), () => this.letGo());
  }

  /**
   * What a caller who is heard again goes on with; `undefined` when they reply to the answer.
   *
   * @param speechStartMs when they were heard
   */
  goneOnWith(speechStartMs: number): Answered | undefined {
    return this.#answered && goesOn(this.#answered, speechStartMs) ? this.#answered : undefined;
  }

  /** Idempotent. */
  letGo(): void {
    this.#cancel();
    this.#answered = undefined;
  }
}

const SAMPLES_PER_MS = TELEPHONE_RATE_HZ / 1_000;
/** A longer pause tells the recogniser nothing more. */
const LONGEST_GAP_MS = 300;

/** Both parts as one utterance, with the pause between them. */
export function joined(before: Utterance, after: Utterance): Utterance {
  const gapMs = after.atMs - after.samples.length / SAMPLES_PER_MS - before.atMs;
  // The second part brings some of the time before its first sound with it, which the first may have, too.
  const fresh = after.samples.subarray(Math.round(Math.max(0, -gapMs) * SAMPLES_PER_MS));
  const gap = silence(Math.min(LONGEST_GAP_MS, Math.max(0, gapMs)));
  return { ...after, samples: joinedSamples([before.samples, gap, fresh]), speechStartMs: before.speechStartMs };
}

/**
 * What the whole utterance tells about the second part of it:
 * - `more`: the sentence goes on, and means something else by that
 * - `same`: it means what was answered already (“yes … please”)
 * - `other`: nobody would say both as one; the second part is for itself
 */
export type Continuation = 'more' | 'same' | 'other';

export function continuationOf(
  { meaning }: Pick<Answered, 'meaning'>,
  whole: Understanding,
  accept: number,
): Continuation {
  if (whole.openEnd) return 'more';
  const [best] = whole.hypotheses;
  if (!best || best.probability < accept) return 'other';
  return meaning && meaningKey(best.meaning) === meaningKey(meaning) ? 'same' : 'more';
}
