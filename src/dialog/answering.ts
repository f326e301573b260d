import { checkSentence, isSaidByCaller, type GuardrailSources } from './guardrails.js';
import { decides, decisionInstructions, decisionSchema, readDecision, type ModelChoice } from './model-choice.js';
import type { ConverseNode } from '../flow/schema.js';
import type { ChatMessage, ChatModel, RequestLimits } from '../local-models/ports.js';

/** The system prompt of a `converse` node: the same on every call, so that the model's prefix cache holds it. */
export function systemPrompt(node: ConverseNode): string {
  const facts = node.knowledge.map((k) => `- ${k.questions[0] ?? ''} ${k.answer}`).join('\n');
  const form = decides(node) ? `${decisionInstructions(node)}\n` : 'Answer in one or two short spoken sentences. ';
  return `${node.llm?.instructions ?? ''}\n${form}Use only these facts:\n${facts}`;
}

/** What a service has told, for the model to put into words. */
export interface Told {
  readonly choice: Extract<ModelChoice, { type: 'tool' }>;
  readonly values: Readonly<Record<string, string>>;
}

/** What the language model is asked. */
export interface Asking {
  readonly node: ConverseNode;
  readonly history: readonly ChatMessage[];
  readonly question: string;
  readonly told?: Told | undefined;
}

/** What is told of an answer while it is written. */
export interface AnswerEvents {
  onFirstToken(): void;
  /** The clause that the first sentence begins with stands, unchecked: for a voice that works ahead, and for nobody’s ear. */
  onFirstClause(clause: string): void;
  /** The model will not talk, but have something done: the last that is told. */
  onChoice(choice: ModelChoice): void;
}

/**
 * The language model's answer, each sentence checked before anybody hears any of it; the first one comes in two parts where it has
 * a first clause. Ends at the first sentence that fails its check, or at the node's limit. Yields nothing when not even
 * the first one passed, and nothing where the model has decided on something else than to talk.
 */
export async function* answer(
  chat: Pick<ChatModel, 'complete'>,
  { history, node, question, told }: Asking,
  limits: RequestLimits & { readonly maxTokens: number },
  events: AnswerEvents,
): AsyncIterable<string> {
  const asked: ChatMessage = { role: 'user', content: question };
  const request = {
    system: systemPrompt(node),
    messages: [...history, asked, ...(told ? resultMessages(told) : [])],
    maxTokens: limits.maxTokens,
    temperature: 0,
  };
  const sources: GuardrailSources = {
    written: [request.system, ...Object.values(told?.values ?? {})].join(' '),
    caller: [...history, asked].map(({ content }) => content).join(' '),
  };
  if (!decides(node) || told) return yield* checked(chat.complete(request, limits), node, sources, events);
  const decide = (jsonSchema: object) => readDecision(node, chat.complete({ ...request, jsonSchema }, limits));
  const decision = await decide(decisionSchema(node));
  if (decision?.type === 'say') return yield* checked(decision.text, node, sources, events);
  const caller = [...history.filter(({ role }) => role === 'user'), asked].map(({ content }) => content).join(' ');
  if (decision && isFounded(decision, caller)) return events.onChoice(decision);
  // It wants what the caller has not given: then it may only talk.
  const talk = await decide(decisionSchema({ exits: [] }));
  if (talk?.type === 'say') yield* checked(talk.text, node, sources, events);
}

/** One of a list that people wrote may be chosen freely; anything else has to be the caller's. */
function isFounded(choice: ModelChoice, caller: string): boolean {
  if (choice.type === 'exit') return true;
  return (choice.tool.parameters ?? []).every(({ name, schema }) => {
    const closed = schema.type === 'boolean' || (schema.type === 'string' && schema.enum !== undefined);
    return closed || isSaidByCaller(choice.arguments[name] ?? '', caller);
  });
}

function resultMessages({ choice, values }: Told): readonly ChatMessage[] {
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
  return [
    { role: 'assistant', content: JSON.stringify({ do: { tool: choice.tool.name, arguments: choice.arguments } }) },
    { role: 'user', content: `${lines.join('\n')}\nTell it to the caller in one short sentence.` },
  ];
}

async function* checked(
  pieces: AsyncIterable<string>,
  node: ConverseNode,
  sources: GuardrailSources,
  events: AnswerEvents,
): AsyncIterable<string> {
  const most = node.llm?.maxSentences ?? 2;
  let said = 0;
  let buffer = '';
  let clause: string | undefined;
  for await (const piece of pieces) {
    if (buffer === '' && said === 0) events.onFirstToken();
    buffer += piece;
    if (said === 0 && clause === undefined) {
      clause = firstClause(buffer);
      if (clause !== undefined) events.onFirstClause(clause);
    }
    for (let cut = firstSentence(buffer); cut; cut = firstSentence(buffer)) {
      buffer = cut.rest;
      if (!checkSentence(cut.sentence, sources).ok) return;
      if (said === 0 && clause !== undefined) yield* [clause, cut.sentence.slice(clause.length).trim()];
      else yield cut.sentence;
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

/** Fewer words are too short for a melody. */
const LEAST_WORDS = 3;
/** A clause without a mark ends before one of these, at which a speaker may take breath … */
const breaths = new Set('and or but so because if when while with for to from at on in that which who'.split(' '));
/** … when so many words stand before it: a short first clause is spoken soon. */
const WORDS_TO_A_BREATH = 5;

/** What a sentence begins with, up to a comma or the like or to a breath; `undefined` while neither has come. */
function firstClause(text: string): string | undefined {
  const words = text.trimStart().split(' ');
  // The last word may not be whole yet.
  for (const [at, word] of words.slice(0, -1).entries()) {
    if (/[.!?\n]/.test(word)) return undefined;
    if (at + 1 >= LEAST_WORDS && /[,;:]$/.test(word)) return words.slice(0, at + 1).join(' ');
    if (at >= WORDS_TO_A_BREATH && breaths.has(word.toLowerCase())) return words.slice(0, at).join(' ');
  }
  return undefined;
}
