import { checkSentence, type GuardrailSources } from './guardrails.js';
import type { ConverseNode } from '../flow/schema.js';
import type { ChatMessage, ChatModel, RequestLimits } from '../local-models/ports.js';

/** The system prompt of a `converse` node: the same on every call, so that the model's prefix cache holds it. */
export function systemPrompt(node: ConverseNode): string {
  const facts = node.knowledge.map((k) => `- ${k.questions[0] ?? ''} ${k.answer}`).join('\n');
  return `${node.llm?.instructions ?? ''}\nAnswer in one or two short spoken sentences. Use only these facts:\n${facts}`;
}

/**
 * The language model's answer, sentence by sentence, each one checked before anybody hears it. Ends at the first sentence
 * that fails its check, or at the node's limit. Yields nothing when not even the first one passed.
 */
export async function* answer(
  chat: ChatModel,
  node: ConverseNode,
  history: readonly ChatMessage[],
  question: string,
  limits: RequestLimits & { readonly maxTokens: number },
  onFirstToken: () => void,
): AsyncIterable<string> {
  const sources: GuardrailSources = {
    written: systemPrompt(node),
    caller: [...history.map((m) => m.content), question].join(' '),
  };
  const most = node.llm?.maxSentences ?? 2;
  let said = 0;
  let buffer = '';
  const request = {
    system: systemPrompt(node),
    messages: [...history, { role: 'user' as const, content: question }],
    maxTokens: limits.maxTokens,
    temperature: 0,
  };
  for await (const piece of chat.complete(request, limits)) {
    if (buffer === '' && said === 0) onFirstToken();
    buffer += piece;
    for (let cut = firstSentence(buffer); cut; cut = firstSentence(buffer)) {
      buffer = cut.rest;
      if (!checkSentence(cut.sentence, sources).ok) return;
      yield cut.sentence;
      if (++said >= most) return;
    }
  }
  // What was cut off by the token limit is no sentence; a short answer without a full stop is one.
  if (said === 0 && checkSentence(buffer, sources).ok) yield buffer.trim();
}

function firstSentence(text: string): { sentence: string; rest: string } | undefined {
  const end = /[.!?](?=\s)|\n/.exec(text);
  if (!end) return undefined;
  const at = end.index + 1;
  return { sentence: text.slice(0, at).trim(), rest: text.slice(at).trimStart() };
}
