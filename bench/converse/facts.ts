import { answer, systemPrompt } from '../../src/dialog/answering.js';
import type { ConverseNode, Knowledge } from '../../src/flow/schema.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { ChatModel } from '../../src/local-models/ports.js';
import { Distribution } from '../../src/sip-caller/index.js';
import { countedFigures, type CountedFigures } from '../figures.js';

/** What a language model makes of questions whose answers stand in its prompt. */
export interface FactsResult {
  readonly questions: number;
  /** Answered rightly, and with nothing that failed its check. */
  readonly right: number;
  /** Heard by nobody: not even the first sentence passed its check. */
  readonly refused: number;
  /** Tokens that follow the first one; null when there were none. */
  readonly tokensPerSecond: number | null;
  readonly firstTokenMs: CountedFigures;
}

const ANSWER_WITHIN_MS = 60_000;
const MAX_TOKENS = 64;

/** Each written entry's question, asked in writing, of a model whose cache holds the system prompt. */
export async function askForFacts(chat: ChatModel, node: ConverseNode, clock: Clock): Promise<FactsResult> {
  await chat.warm(systemPrompt(node));
  const firstToken = new Distribution();
  let [right, refused, tokens, writingMs] = [0, 0, 0, 0];
  for (const entry of node.knowledge) {
    const askedMs = clock.nowMs();
    let firstMs: number | undefined;
    let lastMs = askedMs;
    const counting: Pick<ChatModel, 'complete'> = {
      async *complete(request, limits) {
        // Whoever has heard enough reads no further.
        for await (const piece of chat.complete(request, limits)) {
          const nowMs = clock.nowMs();
          if (firstMs === undefined) firstToken.add((firstMs = nowMs) - askedMs);
          else {
            tokens++;
            writingMs += nowMs - lastMs;
          }
          lastMs = nowMs;
          yield piece;
        }
      },
    };
    const said: string[] = [];
    const events = { onFirstToken: () => undefined, onFirstClause: () => undefined, onChoice: () => undefined };
    const asking = { node, history: [], question: entry.questions[0] ?? '' };
    const limits = { deadlineMs: ANSWER_WITHIN_MS, maxTokens: MAX_TOKENS };
    for await (const piece of answer(counting, asking, limits, events)) said.push(piece);
    if (said.length === 0) refused++;
    else if (tellsTheSame(said.join(' '), entry, node.knowledge)) right++;
  }
  return {
    questions: node.knowledge.length,
    right,
    refused,
    tokensPerSecond: writingMs > 0 && tokens > 0 ? Math.round((10_000 * tokens) / writingMs) / 10 : null,
    firstTokenMs: countedFigures(firstToken),
  };
}

/**
 * Whether an answer tells what people wrote: half of the words that stand in this entry's answer and in no other one's, and
 * every number of it. Generous: who says the opposite in the same words is right by this. Pure.
 */
export function tellsTheSame(said: string, { answer: written, id }: Knowledge, all: readonly Knowledge[]): boolean {
  const heard = new Set(wordsIn(said));
  const others = new Set(all.filter((other) => other.id !== id).flatMap((other) => wordsIn(other.answer)));
  const words = [...new Set(wordsIn(written))];
  const telling = words.filter((word) => word.length > 3 && !others.has(word));
  const told = telling.filter((word) => heard.has(word)).length;
  return (
    told * 2 >= Math.max(1, telling.length) && words.filter((word) => /[0-9]/.test(word)).every((n) => heard.has(n))
  );
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
