import { answer, type Asking, type Told } from './answering.js';
import type { ModelChoice } from './model-choice.js';
import { ReadAhead } from './read-ahead.js';
import type { DialogSettings } from './settings.js';
import type { Speaker, Speech, Streamed } from './speaker.js';
import type { ConverseNode } from '../flow/schema.js';
import { english } from '../flow/words/english.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ChatMessage, ChatModel } from '../local-models/ports.js';
import type { TurnMarks } from '../observability/turn-record.js';

/** A filler is said when the language model has not begun so long after the caller's last word. */
const FILLER_AFTER_MS = 950;

export interface ModelParts {
  readonly chat: ChatModel;
  readonly speaker: Speaker;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ModelAnswer {
  /** Whether anything of the model was heard that passed its check. */
  readonly ok: boolean;
  /** The pieces that were heard to their ends: all that the caller and the model have both been told. */
  readonly heard: readonly string[];
  /** The caller spoke or pressed a key into it: what they meant comes by another way. */
  readonly cutOff: boolean;
  /** The pieces, as they were given to the voice. */
  readonly said: readonly string[];
  /** What the model wants done instead of talking; nothing was heard then. */
  readonly choice: ModelChoice | undefined;
  /** “One moment”, where it was said meanwhile. */
  readonly filler: Speech | undefined;
  readonly askedAtMs: number;
  readonly firstTokenAtMs: number | undefined;
  readonly audibleAtMs: number | undefined;
}

/** Of an answer, pieces that are spoken before the turn is over: its first sentence, in one part or two. */
const AHEAD = 2;

/** The language model at work on one question, and the voice on how it begins: nothing of it is heard yet. */
class Asked {
  readonly pieces: AsyncIterable<string>;
  readonly askedAtMs: number;
  firstTokenAtMs: number | undefined;
  choice: ModelChoice | undefined;
  readonly #life = new AbortController();

  constructor(
    readonly asking: Asking,
    { chat, clock, settings, speaker }: ModelParts,
  ) {
    this.askedAtMs = clock.nowMs();
    const { signal } = this.#life;
    const limits = { deadlineMs: settings.llmDeadlineMs, maxTokens: settings.llmMaxTokens, signal };
    const prepare = (text: string): void => {
      if (!signal.aborted) speaker.prepare(text, signal);
    };
    const events = {
      onFirstToken: () => void (this.firstTokenAtMs = clock.nowMs()),
      onFirstClause: prepare,
      onChoice: (choice: ModelChoice) => void (this.choice = choice),
    };
    let ahead = AHEAD;
    this.pieces = new ReadAhead(answer(chat, asking, limits, events), (piece) => {
      if (ahead-- > 0) prepare(piece);
    });
  }

  drop(): void {
    this.#life.abort();
  }
}

/**
 * A call’s talk with the language model. It is asked as soon as there is a question, while it is still waited for whether
 * the caller goes on: then the answer is dropped, and the caller never knows. What was not heard is not remembered.
 */
export class Conversation {
  #history: readonly ChatMessage[] = [];
  #early: Asked | undefined;

  constructor(private readonly parts: ModelParts) {}

  /** The question that the caller has asked if they say nothing more. */
  guess(node: ConverseNode, question: string): void {
    this.#early = this.#ask(node, question);
  }

  /** They go on, or have asked nothing of the kind. */
  forget(): void {
    this.#early?.drop();
    this.#early = undefined;
  }

  /**
   * Has one question answered, spoken as it comes. Never rejects.
   *
   * @param waitingSinceMs when the caller had said it
   * @param signal aborted when the caller talks or presses into it
   * @param told what a service has told about it, to be put into words: it was waited for with words already
   */
  async answer(
    node: ConverseNode,
    question: string,
    waitingSinceMs: number,
    signal: AbortSignal,
    told?: Told,
  ): Promise<ModelAnswer> {
    const asked = this.#ask(node, question, told);
    this.#early = undefined;
    signal.addEventListener('abort', () => asked.drop(), { once: true });
    const { clock, log, speaker } = this.parts;
    const said: string[] = [];
    let audibleAtMs: number | undefined;
    let filler: Speech | undefined;
    const fill = (): void => void (filler = speaker.say([english.filler], { bargeIn: false, keep: true }));
    const fillInMs = Math.max(0, waitingSinceMs + FILLER_AFTER_MS - clock.nowMs());
    const cancelFiller = node.llm?.noFiller || told ? () => undefined : clock.after(fillInMs, fill);
    let spoken: Streamed = { heard: [], cutOff: false };
    try {
      const noted = noting(asked.pieces, said, cancelFiller);
      spoken = await speaker.sayStream(noted, { bargeIn: true, keep: true }, (atMs) => (audibleAtMs ??= atMs));
    } catch (err) {
      if (!signal.aborted) log.warn({ err }, 'language model gave no answer');
    }
    cancelFiller();
    // What was spoken ahead of a sentence that failed its check goes.
    asked.drop();
    if (spoken.heard.length > 0) {
      const content = spoken.heard.join(' ');
      this.#history = [...this.#history, { role: 'user', content: question }, { role: 'assistant', content }];
    }
    const { askedAtMs, choice, firstTokenAtMs } = asked;
    return { ok: audibleAtMs !== undefined, said, ...spoken, choice, filler, askedAtMs, firstTokenAtMs, audibleAtMs };
  }

  #ask(node: ConverseNode, question: string, told?: Told): Asked {
    if (!told && this.#early?.asking.question === question) return this.#early;
    this.#early?.drop();
    return new Asked({ node, history: this.#history, question, told }, this.parts);
  }
}

/** The marks of an answer, in milliseconds after the caller’s last voiced sample. */
export function modelMarks(given: ModelAnswer, referenceMs: number): Partial<TurnMarks> {
  const since = (atMs: number): number => Math.round(atMs - referenceMs);
  const { askedAtMs, firstTokenAtMs, audibleAtMs } = given;
  return {
    llmStartMs: since(askedAtMs),
    ...(firstTokenAtMs === undefined ? {} : { llmFirstTokenMs: since(firstTokenAtMs) }),
    ...(audibleAtMs === undefined ? {} : { audibleMs: since(audibleAtMs) }),
  };
}

async function* noting(pieces: AsyncIterable<string>, said: string[], first: () => void): AsyncIterable<string> {
  for await (const piece of pieces) {
    first();
    said.push(piece);
    yield piece;
  }
}
