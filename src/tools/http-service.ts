import type { ToolCall } from '../flow/schema-tool.js';
import { toolRequest, type ToolRequest } from '../flow/tool.js';
import type { ToolService } from './asked-tools.js';
import { limitedBody } from './limited-body.js';
import { ToolFailure } from './outcome.js';
import type { ToolSecrets } from './secrets.js';

/** Web services over HTTP, one request a question. */
export class HttpService implements ToolService {
  readonly #hosts: ReadonlySet<string>;

  constructor(
    /** `host` or `host:port` as in a URL, those that may be asked. */
    hosts: readonly string[],
    private readonly secrets: ToolSecrets,
  ) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
  }

  target(call: ToolCall): string | undefined {
    return call.url === undefined ? undefined : hostOf(call.url);
  }

  prepare(call: ToolCall, variables: Readonly<Record<string, string>>) {
    const request = toolRequest(call, variables);
    if (!request) throw new ToolFailure('no-value');
    if (!this.#hosts.has(request.url.host)) throw new ToolFailure('not-allowed');
    return (signal: AbortSignal) => this.#exchange(call, request, signal);
  }

  async refusal({ url, secret }: ToolCall): Promise<string | undefined> {
    const host = url === undefined ? undefined : hostOf(url);
    if (host === undefined) return 'its url is none';
    if (!this.#hosts.has(host)) return `${host} is not in tools.hosts`;
    if (secret && !(await this.secrets.find(secret.name)))
      return `there is no secret “${secret.name}” in tools.secretsDir`;
    return undefined;
  }

  async #exchange({ secret }: ToolCall, request: ToolRequest, signal: AbortSignal): Promise<unknown> {
    const { url, method, headers, body } = request;
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...(secret ? { [secret.header]: await this.secrets.carried(secret) } : {}),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new ToolFailure('status', response.status);
    }
    const text = await limitedBody(response).text();
    try {
      return text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new ToolFailure('not-json', response.status);
    }
  }
}

/** Variables stand only behind the host, so it is known before any call. */
function hostOf(template: string): string | undefined {
  const url = template.replaceAll(/\{[^}]*\}/g, '');
  return URL.canParse(url) ? new URL(url).host : undefined;
}
