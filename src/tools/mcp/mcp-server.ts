import type { Clock } from '../../kernel/clock.js';
import { ToolFailure } from '../outcome.js';
import { typedArguments } from './arguments.js';
import { isObject } from './message.js';
import { SessionLost, type Wire, type WireEvents } from './wire.js';

/** Our revision of the protocol, and older ones whose tools are called in the same way. */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
const CONNECT_WITHIN_MS = 10_000;
/** An editor asks at every change of a flow. */
const AWAY_MS = 5_000;
/** Lists come in pages; a server that turns them for ever is stopped. */
const MOST_PAGES = 20;

export interface McpServerOptions {
  /** Opens a wire to it. @throws ToolFailure */
  readonly open: (events: WireEvents) => Promise<Wire>;
  /** Ours, as the server is told. */
  readonly version: string;
  readonly clock: Clock;
}

/** A tool as its server lists it. */
export interface ListedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: unknown;
}

type Tools = ReadonlyMap<string, ListedTool>;

interface Session {
  readonly wire: Wire;
  tools: Promise<Tools>;
}

/** One MCP server: its session, begun when it is first needed and again when it was lost, and its list of tools. */
export class McpServer {
  #session: Promise<Session> | undefined;
  readonly #life = new AbortController();
  /** What became of a session that could not be begun: it may still have a process to end. */
  #ending: Promise<void> = Promise.resolve();
  #failedMs = -Infinity;

  constructor(private readonly options: McpServerOptions) {}

  /**
   * @param texts the arguments, which get the types that the tool’s schema wants
   * @returns the answer as JSON
   * @throws ToolFailure, or anything else where nobody could be reached
   */
  async call(name: string, texts: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const tool = await this.#unlessAborted(this.find(name), signal);
    if (!tool) throw new ToolFailure('no-tool');
    const typed = typedArguments(tool.inputSchema, texts);
    if (!typed) throw new ToolFailure('wrong-arguments');
    const ask = async (): Promise<unknown> => {
      const { wire } = await this.#unlessAborted(this.#connected(), signal);
      return wire.request('tools/call', { name, arguments: typed }, signal);
    };
    try {
      return answerOf(await ask());
    } catch (error) {
      if (!(error instanceof SessionLost)) throw error;
      this.#session = undefined;
      return answerOf(await ask());
    }
  }

  /** A session could not be begun a moment ago: only a caller’s need is a reason to try again at once. */
  get isAway(): boolean {
    return this.#session === undefined && this.options.clock.nowMs() - this.#failedMs < AWAY_MS;
  }

  /** Begins the session, if there is none. @throws as `call` does */
  async begin(): Promise<void> {
    await this.#connected();
  }

  /** A tool that a server did not list before is asked for anew: it may have been added. */
  async find(name: string): Promise<ListedTool | undefined> {
    const session = await this.#connected();
    const known = (await session.tools).get(name);
    if (known) return known;
    this.#relist(session);
    return (await session.tools).get(name);
  }

  async close(): Promise<void> {
    this.#life.abort();
    const session = await this.#session?.catch(() => undefined);
    await session?.wire.close();
    await this.#ending;
  }

  #connected(): Promise<Session> {
    if (this.#life.signal.aborted) throw new ToolFailure('unreachable');
    if (this.#session) return this.#session;
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    const session: Promise<Session> = this.#connect(forget);
    this.#session = session;
    session.catch(() => {
      this.#failedMs = this.options.clock.nowMs();
      forget();
    });
    return session;
  }

  async #connect(onClosed: () => void): Promise<Session> {
    const held: { session?: Session } = {};
    const onToolsChanged = (): void => {
      const { session } = held;
      if (session) this.#relist(session);
    };
    const wire = await this.options.open({ onClosed, onToolsChanged });
    try {
      const session = await this.#within(CONNECT_WITHIN_MS, (signal) => this.#begin(wire, signal));
      held.session = session;
      return session;
    } catch (error) {
      this.#ending = wire.close();
      throw error;
    }
  }

  async #begin(wire: Wire, signal: AbortSignal): Promise<Session> {
    const clientInfo = { name: 'handrail', version: this.options.version };
    const wanted = { protocolVersion: VERSIONS[0], capabilities: {}, clientInfo };
    const agreed = await wire.request('initialize', wanted, signal);
    const version = isObject(agreed) ? VERSIONS.find((known) => known === agreed['protocolVersion']) : undefined;
    if (version === undefined) throw new ToolFailure('refused');
    wire.agreed(version);
    await wire.notify('notifications/initialized', {});
    const tools = await listed(wire, signal);
    return { wire, tools: Promise.resolve(tools) };
  }

  /** Its old list stands until the new one is there. */
  #relist(session: Session): void {
    const before = session.tools;
    session.tools = this.#within(CONNECT_WITHIN_MS, (signal) => listed(session.wire, signal)).catch(() => before);
  }

  async #within<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.options.clock.after(ms, () => late.abort());
    try {
      return await act(AbortSignal.any([late.signal, this.#life.signal]));
    } finally {
      cancel();
    }
  }

  /** What one caller has no time for goes on for the next one. */
  #unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(new ToolFailure('cancelled'));
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }
}

async function listed(wire: Wire, signal: AbortSignal): Promise<Tools> {
  const tools = new Map<string, ListedTool>();
  let cursor: unknown;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await wire.request('tools/list', typeof cursor === 'string' ? { cursor } : {}, signal);
    if (!isObject(answer) || !Array.isArray(answer['tools'])) throw new ToolFailure('wrong-type');
    for (const tool of answer['tools'] as readonly unknown[]) {
      if (!isObject(tool) || typeof tool['name'] !== 'string') continue;
      const { description, inputSchema, name } = tool;
      tools.set(name, { name, description: typeof description === 'string' ? description : '', inputSchema });
    }
    cursor = answer['nextCursor'];
    if (cursor === undefined) break;
  }
  return tools;
}

/** Its structured content; else its text, as JSON where it is an object or a list, or under `text`. */
function answerOf(result: unknown): unknown {
  if (!isObject(result)) throw new ToolFailure('wrong-type');
  if (result['isError'] === true) throw new ToolFailure('refused');
  if (isObject(result['structuredContent'])) return result['structuredContent'];
  const parts: readonly unknown[] = Array.isArray(result['content']) ? result['content'] : [];
  const texts = parts.flatMap((part) => (isObject(part) && typeof part['text'] === 'string' ? [part['text']] : []));
  const text = texts.join('\n');
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // It is a sentence.
  }
  return { text };
}
