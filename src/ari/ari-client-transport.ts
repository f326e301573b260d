import { createRequire } from 'node:module';
import type { ClientRequest } from 'node:http';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import ariClient, { type Client } from 'ari-client';
import { type AriAddress, authorization } from './address.js';
import { asObject, asText } from './messages.js';
import { type AriOperation, type AriParameters, AriRefusal, type AriTransport } from './rest.js';

/**
 * Asterisk lets ten connections wait to be accepted. One more is not refused but dropped, and tried again by the system after
 * a second: of eight calls in one moment one heard nothing for so long. Requests wait here instead, for a few milliseconds.
 */
const MAX_SOCKETS = 8;

/**
 * ARI's requests through the package `ari-client`, which reads from Asterisk itself which operations there are.
 *
 * Only its requests: its websocket (`client.start`) gives up for good after 10 tries, cannot be told to stop while a retry
 * is scheduled, throws out of the message handler at an event type that it does not know, and has no half-open check.
 * `EventLink` does that part.
 *
 * Its requests need four repairs, all made at the place that its HTTP layer offers for that purpose — an "authorization"
 * is shown every request before it is sent:
 * - an error answer with a body loses its HTTP status: we take the body out of its way and hand both on;
 * - a failed connection is swallowed, and the promise never settles: we listen on the request itself;
 * - Asterisk's description of itself names it by `http` also to who asked by `https`: we keep to what we were told;
 * - an answer that never comes keeps its socket for ever: we set the layer's own time limit.
 */
export async function loadAriClient(address: AriAddress, socketLimitMs: number): Promise<AriClientTransport> {
  const sockets = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const agent = address.baseUrl.startsWith('https:')
    ? new HttpsAgent({ ...sockets, ca: address.ca })
    : new HttpAgent(sockets);
  const asDescribed = address.baseUrl.replace(/^https:/, 'http:');
  const credentials = authorization(address);
  const authorizations = swaggerAuthorizations();
  const name = `handrail ${++loaded}`;
  const close = (): void => {
    authorizations.remove(name);
    agent.destroy();
  };
  authorizations.add(name, {
    apply(request) {
      if (request.url.startsWith(`${asDescribed}/`))
        request.url = address.baseUrl + request.url.slice(asDescribed.length);
      if (!request.url.startsWith(`${address.baseUrl}/`)) return true;
      // ari-client's own authorization is one per process, not one per Asterisk.
      request.headers['Authorization'] = credentials;
      request.headers['user-agent'] = 'handrail';
      request.timeout = socketLimitMs;
      repairErrors(request, agent);
      return true;
    },
  });
  try {
    const client = await withoutSwaggerNotice(() =>
      ariClient.connect(address.baseUrl, address.user, address.password.reveal()),
    );
    return { request: (operation, parameters) => send(client, operation, parameters), close };
  } catch (error) {
    close();
    throw error instanceof Error ? error : new Error(String(error));
  }
}

/** Asterisk's description is of Swagger 1.1, and the layer tells that to the console each time. Everything else passes. */
async function withoutSwaggerNotice<T>(load: () => PromiseLike<T>): Promise<T> {
  const write = console.log;
  console.log = (...words: unknown[]) => {
    if (!String(words[0]).startsWith('This API is using a deprecated version of Swagger')) write(...words);
  };
  try {
    return await load();
  } finally {
    console.log = write;
  }
}

/** The requests of one Asterisk. One process may have several, but only one user per address. */
export interface AriClientTransport extends AriTransport {
  /** Gives the kept sockets back. Idempotent. */
  close(): void;
}

let loaded = 0;

async function send(client: Client, operation: AriOperation, parameters: AriParameters): Promise<unknown> {
  const [resource, name] = operation.split('.') as [keyof Client, string];
  const run = client[resource][name];
  if (!run) throw new AriRefusal(501, `this Asterisk has no ${operation}`);
  return run(parameters);
}

/** Asterisk's error bodies are `{"message": "..."}` or `{"error": "..."}`; anything else is quoted in short. */
function wordsOf(body: string): string {
  try {
    const parsed = asObject(JSON.parse(body));
    return asText(parsed?.['message']) || asText(parsed?.['error']) || body.slice(0, 200);
  } catch {
    return body.slice(0, 200);
  }
}

interface SwaggerRequest {
  url: string;
  readonly headers: Record<string, string>;
  timeout?: number;
  agent?: unknown;
  readonly on: { error: (response: unknown) => unknown };
}

interface SwaggerAuthorizations {
  add(name: string, authorization: { apply(request: SwaggerRequest): boolean }): void;
  remove(name: string): void;
}

/** The HTTP layer that ari-client itself uses: a dependency of that package, hence found from there. */
function swaggerAuthorizations(): SwaggerAuthorizations {
  const here = createRequire(import.meta.url);
  const swagger = createRequire(here.resolve('ari-client'))('swagger-client') as {
    readonly authorizations: SwaggerAuthorizations;
  };
  return swagger.authorizations;
}

/** Node takes as agent whatever has `addRequest`; it is the one place where the raw request can be reached from here. */
interface AgentLike {
  readonly defaultPort?: unknown;
  readonly protocol?: unknown;
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

function repairErrors(request: SwaggerRequest, agent: HttpAgent): void {
  const report = request.on.error;
  const fail = (status: number, words: string): void => {
    try {
      report(new AriRefusal(status, words));
    } catch {
      // While it loads the API description the layer throws again what it has just reported, out of a socket's event.
    }
  };
  request.on.error = (response) => {
    const { status, data } = (response ?? {}) as { status?: number; data?: { toString(): string } };
    fail(status ?? 0, wordsOf(data?.toString() ?? ''));
  };
  const { defaultPort, protocol } = agent as unknown as { defaultPort: unknown; protocol: unknown };
  const watching: AgentLike = {
    defaultPort,
    protocol,
    addRequest(raw, ...rest) {
      raw.once('error', (error: NodeJS.ErrnoException) => fail(0, error.code ?? error.message));
      (agent as unknown as AgentLike).addRequest(raw, ...rest);
    },
  };
  request.agent = watching;
}
