import { answer } from './answering.js';
import type { DialogSettings } from './settings.js';
import type { Speaker, Streamed } from './speaker.js';
import { FILLER } from './wording.js';
import type { ConverseNode } from '../flow/schema.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { ChatMessage, ChatModel } from '../local-models/ports.js';

/** A filler is said when the language model has not begun after so long. */
const FILLER_AFTER_MS = 500;

export interface ModelTurn {
  readonly chat: ChatModel;
  readonly node: ConverseNode;
  readonly history: readonly ChatMessage[];
  readonly question: string;
  readonly speaker: Speaker;
  readonly settings: DialogSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the caller talks or presses into it. */
  readonly signal: AbortSignal;
}

export interface ModelAnswer {
  /** Whether anything of the model was heard that passed its check. */
  readonly ok: boolean;
  /** The sentences that were heard to their ends: all that the caller and the model have both been told. */
  readonly heard: readonly string[];
  /** The caller spoke or pressed a key into it: what they meant comes by another way. */
  readonly cutOff: boolean;
  /** The sentences, as they were given to the voice. */
  readonly said: readonly string[];
  readonly firstTokenAtMs: number | undefined;
  readonly audibleAtMs: number | undefined;
}

/** Has the language model answer one question, spoken sentence by sentence. Never rejects. */
export async function speakModelAnswer(turn: ModelTurn): Promise<ModelAnswer> {
  const { chat, clock, settings, signal, speaker } = turn;
  const said: string[] = [];
  let firstTokenAtMs: number | undefined;
  let audibleAtMs: number | undefined;
  const cancelFiller = clock.after(FILLER_AFTER_MS, () => speaker.say([FILLER], { bargeIn: false, keep: true }));
  const limits = { deadlineMs: settings.llmDeadlineMs, maxTokens: settings.llmMaxTokens, signal };
  const sentences = answer(
    chat,
    turn.node,
    turn.history,
    turn.question,
    limits,
    () => (firstTokenAtMs = clock.nowMs()),
  );
  let spoken: Streamed = { heard: [], cutOff: false };
  try {
    const noted = noting(sentences, said, cancelFiller);
    spoken = await speaker.sayStream(noted, { bargeIn: true, keep: true }, (atMs) => (audibleAtMs ??= atMs));
  } catch (err) {
    if (!signal.aborted) turn.log.warn({ err }, 'language model gave no answer');
  }
  cancelFiller();
  return { ok: audibleAtMs !== undefined, said, ...spoken, firstTokenAtMs, audibleAtMs };
}

async function* noting(sentences: AsyncIterable<string>, said: string[], first: () => void): AsyncIterable<string> {
  for await (const sentence of sentences) {
    first();
    said.push(sentence);
    yield sentence;
  }
}
