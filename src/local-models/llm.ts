import OpenAI from 'openai';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { Sensitive } from '../kernel/sensitive.js';
import { HttpEngine } from './http-engine.js';
import type { ChatModel, ChatRequest, RequestLimits } from './ports.js';

export interface ChatModelOptions {
  /** The OpenAI-compatible API, with its version: `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: Sensitive<string>;
  readonly model: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** llama-server only: the slot whose prefix cache holds our system prompt. */
  readonly slot?: number;
  /** A stream that says nothing for so long is ended, also before its first piece. @defaultValue 4000 */
  readonly stallMs?: number;
  /** The same while a cold prefix is loaded by `warm`. @defaultValue 30000 */
  readonly warmMs?: number;
}

const STALL_MS = 4_000;
const WARM_MS = 30_000;

/** A language model behind any OpenAI-compatible URL, local or not. */
export function createChatModel(options: ChatModelOptions): ChatModel {
  return new OpenAiChatModel(options);
}

class OpenAiChatModel extends HttpEngine implements ChatModel {
  readonly model: string;
  readonly #client: OpenAI;

  constructor(private readonly options: ChatModelOptions) {
    super('llm', options.clock, (signal) => probe(options, signal));
    this.model = options.model;
    this.#client = new OpenAI({
      baseURL: options.baseUrl,
      // The client insists on a key, local servers do not.
      apiKey: options.apiKey?.reveal() ?? 'none',
      // A retry would come after the caller has given up; deadlines are ours.
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      // Its log lines quote requests, and so what callers said.
      logLevel: 'off',
    });
    this.onState((state) => options.log.info({ engine: this.name, state, problem: this.problem }, 'engine state'));
  }

  complete(request: ChatRequest, limits: RequestLimits): AsyncIterable<string> {
    return this.#stream(request, limits, this.options.stallMs ?? STALL_MS);
  }

  async warm(system: string): Promise<void> {
    const deadlineMs = this.options.warmMs ?? WARM_MS;
    const request: ChatRequest = {
      system,
      messages: [{ role: 'user', content: 'Hello.' }],
      maxTokens: 1,
      temperature: 0,
    };
    for await (const _ of this.#stream(request, { deadlineMs }, deadlineMs)) break;
  }

  async *#stream(request: ChatRequest, limits: RequestLimits, stallMs: number): AsyncGenerator<string, void, void> {
    this.needReady();
    const limited = this.limit(limits);
    let stop: AbortController | undefined;
    try {
      limited.expectWithin(stallMs);
      const stream = await this.#client.chat.completions.create(this.#body(request), { signal: limited.signal });
      stop = stream.controller;
      for await (const event of stream) {
        // While the reader is busy with a piece, it is not the model that stalls.
        limited.expectWithin(undefined);
        const piece = event.choices[0]?.delta.content;
        if (piece) yield piece;
        limited.expectWithin(stallMs);
      }
      // An aborted stream ends without an error of its own.
      if (limited.signal.aborted) throw limited.explain(undefined);
    } catch (error) {
      throw limited.explain(error);
    } finally {
      limited.release();
      stop?.abort();
    }
  }

  #body(request: ChatRequest): OpenAI.ChatCompletionCreateParamsStreaming {
    const { slot } = this.options;
    return {
      model: this.model,
      stream: true,
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      messages: [{ role: 'system', content: request.system }, ...request.messages],
      ...(request.jsonSchema ? { response_format: jsonFormat(request.jsonSchema) } : {}),
      // llama-server's own; others refuse fields that they do not know.
      ...(slot === undefined ? {} : { id_slot: slot, cache_prompt: true }),
    };
  }
}

/** llama-server says at /health whether the model is loaded; everybody else lists models. */
async function probe({ baseUrl, apiKey }: ChatModelOptions, signal: AbortSignal): Promise<void> {
  const base = baseUrl.replace(/\/+$/, '');
  const headers = apiKey ? { authorization: `Bearer ${apiKey.reveal()}` } : {};
  const get = async (url: string): Promise<Response> => {
    const response = await fetch(url, { signal, headers });
    await response.body?.cancel();
    return response;
  };
  const health = await get(`${base.replace(/\/v1$/, '')}/health`);
  if (health.ok) return;
  if (health.status === 503) throw new Error('the model is still being loaded');
  const models = await get(`${base}/models`);
  if (!models.ok) throw new Error(`the server answers with status ${models.status}`);
}

function jsonFormat(schema: object): OpenAI.ResponseFormatJSONSchema {
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { ...schema } } };
}
