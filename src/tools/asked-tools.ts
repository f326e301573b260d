import type { ToolAsked, WebTools } from '../dialog/ports.js';
import { TOOL_DEADLINE_MS, type ToolCall } from '../flow/schema-tool.js';
import { toolResults } from '../flow/tool.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { ToolFailure, verdictOn, type ToolOutcome } from './outcome.js';

/** One way to ask: HTTP, or MCP. */
export interface ToolService {
  /** Whom a breaker and the log know it by: a host, a server’s name. */
  target(call: ToolCall): string | undefined;
  /**
   * Makes what is sent.
   * @returns sends it, and gives the answer as JSON; throws a ToolFailure, or anything else where nobody could be reached
   * @throws ToolFailure when nothing may be sent
   */
  prepare(call: ToolCall, variables: Readonly<Record<string, string>>): (signal: AbortSignal) => Promise<unknown>;
  /** Why it would not be asked; undefined when it would. */
  refusal(call: ToolCall): Promise<string | undefined>;
}

export interface AskedToolsOptions {
  readonly http: ToolService;
  readonly mcp: ToolService;
  /** Says whether a target may be asked now, and is told how it went. */
  readonly breakers: { begin(target: string): ((verdict: 'good' | 'bad' | 'unknown') => void) | undefined };
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAsked: (outcome: ToolOutcome, tookMs: number) => void;
}

/** Asks services within a deadline. Of what is sent and what comes back nothing is logged but target, outcome and time. */
export class AskedTools implements WebTools {
  constructor(private readonly options: AskedToolsOptions) {}

  async ask({ nodeId, node, variables }: ToolAsked, signal: AbortSignal) {
    const { breakers, clock, log, onAsked } = this.options;
    const service = this.#serviceOf(node);
    const target = service.target(node);
    const begunMs = clock.nowMs();
    const late = new AbortController();
    const cancel = clock.after(node.deadlineMs ?? TOOL_DEADLINE_MS, () => late.abort());
    let judge: ReturnType<AskedToolsOptions['breakers']['begin']>;
    try {
      const exchange = service.prepare(node, variables);
      judge = breakers.begin(target ?? '');
      if (!judge) throw new ToolFailure('resting');
      const answer = await exchange(AbortSignal.any([signal, late.signal]));
      judge('good');
      const values = toolResults(node, answer);
      if (!values) throw new ToolFailure('wrong-type');
      onAsked('answered', clock.nowMs() - begunMs);
      return values;
    } catch (error) {
      const why = signal.aborted ? 'cancelled' : late.signal.aborted ? 'deadline' : whyOf(error);
      const tookMs = Math.round(clock.nowMs() - begunMs);
      const status = error instanceof ToolFailure ? error.status : undefined;
      if (judge && why !== 'wrong-type') judge(verdictOn(why, status));
      onAsked(why, tookMs);
      if (why !== 'cancelled') log.warn({ nodeId, target, why, status, tookMs }, 'a tool node goes its failure way');
      return undefined;
    } finally {
      cancel();
    }
  }

  /** Why a node's service would not be asked; undefined when it would. */
  refusal(call: ToolCall): Promise<string | undefined> {
    return this.#serviceOf(call).refusal(call);
  }

  #serviceOf({ mcp }: ToolCall): ToolService {
    return mcp === undefined ? this.options.http : this.options.mcp;
  }
}

function whyOf(error: unknown): ToolOutcome {
  return error instanceof ToolFailure ? error.why : 'unreachable';
}
