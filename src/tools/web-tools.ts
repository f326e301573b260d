import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolAsked, WebTools } from '../dialog/ports.js';
import { TOOL_DEADLINE_MS, type ToolNode } from '../flow/schema-tool.js';
import { toolRequest, toolResults, type ToolRequest } from '../flow/tool.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { sensitive, type Sensitive } from '../kernel/sensitive.js';

/** Why a service gave nothing. */
export type ToolOutcome =
  | 'answered'
  /** The host is none of `tools.hosts`. */
  | 'not-allowed'
  /** The file with the secret cannot be read. */
  | 'no-secret'
  /** A variable of the path has no value that can stand there. */
  | 'no-value'
  | 'unreachable'
  /** It failed again and again, and is not asked for a while. */
  | 'resting'
  | 'deadline'
  /** Not 2xx. Redirects are not followed: they would lead past the list of hosts. */
  | 'status'
  | 'too-big'
  | 'not-json'
  /** Something declared is missing, or of another type. */
  | 'wrong-type'
  /** The caller left. */
  | 'cancelled';

export interface WebToolsOptions {
  /** `host` or `host:port` as in a URL, those that may be asked. */
  readonly hosts: readonly string[];
  /** Folder with one file a secret; absent: there are none. */
  readonly secretsDir: string | undefined;
  /** Says whether a host may be asked now, and is told how it went. */
  readonly breakers: { begin(host: string): ((verdict: 'good' | 'bad' | 'unknown') => void) | undefined };
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAsked: (outcome: ToolOutcome, tookMs: number) => void;
}

const MAX_ANSWER_BYTES = 256 * 1024;

/** Asks web services over HTTP. Of what is sent and what comes back nothing is logged but host, outcome and time. */
export class HttpTools implements WebTools {
  readonly #hosts: ReadonlySet<string>;

  constructor(private readonly options: WebToolsOptions) {
    this.#hosts = new Set(options.hosts.map((host) => host.toLowerCase()));
  }

  async ask({ nodeId, node, variables }: ToolAsked, signal: AbortSignal) {
    const { clock, log, onAsked } = this.options;
    const begunMs = clock.nowMs();
    const late = new AbortController();
    const cancel = clock.after(node.deadlineMs ?? TOOL_DEADLINE_MS, () => late.abort());
    const request = toolRequest(node, variables);
    let judge: ReturnType<WebToolsOptions['breakers']['begin']>;
    try {
      const wanted = this.#allowed(request);
      judge = this.options.breakers.begin(wanted.url.host);
      if (!judge) throw new Failure('resting');
      const answer = await this.#exchange(node, wanted, AbortSignal.any([signal, late.signal]));
      judge('good');
      const values = toolResults(node, answer);
      if (!values) throw new Failure('wrong-type');
      onAsked('answered', clock.nowMs() - begunMs);
      return values;
    } catch (error) {
      const why = signal.aborted ? 'cancelled' : late.signal.aborted ? 'deadline' : whyOf(error);
      const tookMs = Math.round(clock.nowMs() - begunMs);
      const status = error instanceof Failure ? error.status : undefined;
      if (judge && why !== 'wrong-type') judge(verdictOn(why, status));
      onAsked(why, tookMs);
      if (why !== 'cancelled')
        log.warn({ nodeId, host: request?.url.host, why, status, tookMs }, 'a tool node goes its failure way');
      return undefined;
    } finally {
      cancel();
    }
  }

  /** Why a node's service would not be asked; undefined when it would. */
  async refusal(node: ToolNode): Promise<string | undefined> {
    const host = hostOf(node.url);
    if (host === undefined) return 'its url is none';
    if (!this.#hosts.has(host)) return `${host} is not in tools.hosts`;
    if (node.secret && !(await this.#secret(node.secret.name)))
      return `there is no secret “${node.secret.name}” in tools.secretsDir`;
    return undefined;
  }

  #allowed(request: ToolRequest | undefined): ToolRequest {
    if (!request) throw new Failure('no-value');
    if (!this.#hosts.has(request.url.host)) throw new Failure('not-allowed');
    return request;
  }

  async #exchange(node: ToolNode, request: ToolRequest, signal: AbortSignal): Promise<unknown> {
    const { url, method, headers, body } = request;
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...(await this.#secretHeader(node)),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Failure('status', response.status);
    }
    const text = await limitedText(response);
    try {
      return text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new Failure('not-json', response.status);
    }
  }

  async #secretHeader({ secret }: ToolNode): Promise<Record<string, string>> {
    if (!secret) return {};
    const value = await this.#secret(secret.name);
    if (!value) throw new Failure('no-secret');
    return { [secret.header]: `${secret.prefix ?? ''}${value.reveal()}` };
  }

  async #secret(name: string): Promise<Sensitive<string> | undefined> {
    const { secretsDir } = this.options;
    if (secretsDir === undefined) return undefined;
    const text = await readFile(join(secretsDir, name), 'utf8').catch(() => '');
    return text.trim() === '' ? undefined : sensitive(text.trim());
  }
}

class Failure extends Error {
  constructor(
    readonly why: ToolOutcome,
    readonly status?: number,
  ) {
    super(why);
  }
}

function whyOf(error: unknown): ToolOutcome {
  return error instanceof Failure ? error.why : 'unreachable';
}

/** A service that says no, or answers in another form, works; one that is away, late or broken does not. */
function verdictOn(why: ToolOutcome, status: number | undefined): 'good' | 'bad' | 'unknown' {
  if (why === 'cancelled' || why === 'no-secret') return 'unknown';
  const broken = why === 'unreachable' || why === 'deadline' || (why === 'status' && (status ?? 0) >= 500);
  return broken ? 'bad' : 'good';
}

/** Variables stand only behind the host, so it is known before any call. */
function hostOf(template: string): string | undefined {
  const url = template.replaceAll(/\{[^}]*\}/g, '');
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Stops reading at the limit, whatever the answer said about its length. */
async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Failure('too-big', response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
