import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ToolBreakers } from '../../fallback-ivr/tool-breakers.js';
import type { ToolNode } from '../../flow/schema.js';
import { systemClock } from '../../kernel/clock.js';
import { RecordingLogger } from '../../kernel/log.js';
import { projectRoot } from '../../kernel/paths.js';
import { AskedTools } from '../asked-tools.js';
import { HttpService } from '../http-service.js';
import type { ToolOutcome } from '../outcome.js';
import { ToolSecrets } from '../secrets.js';
import { McpService } from './mcp-service.js';
import type { McpServerEntry } from './servers-file.js';

const realShop = join(projectRoot, 'test/support/mcp-shop.mjs');
const INPUT = { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'] };

let dir: string;
let log: RecordingLogger;
let outcomes: ToolOutcome[];
const closing: (() => unknown)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-mcp-'));
  writeFileSync(join(dir, 'shop'), 'open-sesame\n');
  [log, outcomes] = [new RecordingLogger(), []];
});
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
  rmSync(dir, { recursive: true });
});

/** Everything between a tool node and that server. */
function lineWith(entry: McpServerEntry, deadlineMs = 5_000) {
  const secrets = new ToolSecrets(dir);
  const servers = new Map([['shop', entry]]);
  const mcp = new McpService({ servers, secrets, version: '1', clock: systemClock, log });
  closing.push(() => mcp.close());
  const states: string[] = [];
  const tools = new AskedTools({
    http: new HttpService([], secrets),
    mcp,
    breakers: new ToolBreakers(systemClock, log, (target, state) => states.push(`${target} ${state}`)),
    clock: systemClock,
    log,
    onAsked: (outcome) => outcomes.push(outcome),
  });
  const node = (more: Partial<NonNullable<ToolNode['mcp']>> = {}): ToolNode => ({
    kind: 'tool',
    mcp: { server: 'shop', tool: 'orderState', arguments: { number: '{order}' }, ...more },
    deadlineMs,
    results: [
      { name: 'state', at: '/state', schema: { type: 'string' } },
      { name: 'minutes', at: '/minutes', schema: { type: 'integer' } },
    ],
    next: 'a',
    failed: 'b',
  });
  const ask = (order = '4721', more: Parameters<typeof node>[0] = {}, signal = new AbortController().signal) =>
    tools.ask({ nodeId: 'look', node: node(more), variables: { order } }, signal);
  return { ask, mcp, node, states, tools };
}

/** A server that does as it is told: what it answers to a call of its tool. */
class OddServer {
  readonly posts: { readonly body: string; readonly headers: IncomingHttpHeaders }[] = [];
  sessions = 0;
  known = new Set<string>();
  readonly #server: Server;

  constructor(private readonly call: (response: ServerResponse, id: number) => void) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => this.#answer(body, request.headers, response));
    });
    closing.push(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/mcp`;
  }

  #answer(body: string, headers: IncomingHttpHeaders, response: ServerResponse): void {
    if (body === '') return void response.end();
    this.posts.push({ body, headers });
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    const say = (result: object): void => void json(response, { jsonrpc: '2.0', id, result });
    if (method === 'initialize') {
      const session = `s${String(++this.sessions)}`;
      this.known.add(session);
      response.setHeader('mcp-session-id', session);
      return say({
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'x', version: '1' },
      });
    }
    if (!this.known.has(String(headers['mcp-session-id']))) return void response.writeHead(404).end();
    if (method === 'tools/list') return say({ tools: [{ name: 'orderState', inputSchema: INPUT }] });
    if (method === 'tools/call') return this.call(response, id);
    response.writeHead(202).end();
  }
}

function json(response: ServerResponse, message: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(message));
}

const told = (content: object) => (response: ServerResponse, id: number) =>
  json(response, { jsonrpc: '2.0', id, result: { content: [], structuredContent: content } });
const READY = { state: 'ready', minutes: 12 };

/** Node, and a program that speaks MCP on its standard output as `call` says. */
function oddProgram(call: string): { command: string; args: string[] } {
  const program = `
    const say = (id, result) => console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
    const lines = require('node:readline').createInterface({ input: process.stdin });
    lines.on('line', (line) => {
      const { id, method, params } = JSON.parse(line);
      if (method === 'initialize') say(id, { protocolVersion: params.protocolVersion });
      if (method === 'tools/list') say(id, { tools: [{ name: 'orderState', inputSchema: ${JSON.stringify(INPUT)} }] });
      if (method === 'tools/call') { ${call} }
    });`;
  return { command: process.execPath, args: ['-e', program] };
}

describe('a server of the official SDK', () => {
  const answered = async ({ ask, mcp, node, tools }: ReturnType<typeof lineWith>) => {
    await mcp.begin();
    expect(await ask()).toEqual({ state: 'ready', minutes: '21' });
    expect(await ask('12')).toBeUndefined();
    expect(await ask('4721', { tool: 'nobody' })).toBeUndefined();
    expect(outcomes).toEqual(['answered', 'wrong-arguments', 'no-tool']);
    const refusal = (more: Parameters<typeof node>[0]) => tools.refusal(node(more));
    expect(await refusal({})).toBeUndefined();
    expect(await refusal({ tool: 'nobody' })).toBe('“shop” lists no tool “nobody”');
    expect(await refusal({ arguments: {} })).toBe('“orderState” of “shop” wants the argument “number”');
    expect(await refusal({ arguments: { number: '1', size: 'x' } })).toContain('has no argument “size”');
    expect(await refusal({ server: 'other' })).toContain('tools.mcpFile');
  };

  test('is asked over standard input and output', async () => {
    await answered(lineWith({ command: process.execPath, args: [realShop] }));
  });

  test('is asked over streamable HTTP', async () => {
    const server = spawn(process.execPath, [realShop, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    closing.push(() => server.kill());
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    await answered(lineWith({ url: `http://127.0.0.1:${port.toString().trim()}/mcp` }));
  });
});

describe('over HTTP, a server', () => {
  const withServer = async (
    call: ConstructorParameters<typeof OddServer>[0],
    entry: object = {},
    deadlineMs?: number,
  ) => {
    const server = new OddServer(call);
    return { server, ...lineWith({ url: await server.listen(), ...entry }, deadlineMs) };
  };

  test('gets its secret with every message, and the revision that was agreed on', async () => {
    const secrets = { authorization: { name: 'shop', prefix: 'Bearer ' } };
    const { ask, server } = await withServer(told(READY), { secrets });
    expect(await ask()).toEqual({ state: 'ready', minutes: '12' });
    expect(new Set(server.posts.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer open-sesame']));
    expect(server.posts.at(-1)?.headers['mcp-protocol-version']).toBe('2025-06-18');
    expect(JSON.parse(server.posts.at(-1)?.body ?? '')).toMatchObject({ params: { arguments: { number: 4721 } } });
    expect(JSON.stringify(log.lines)).not.toContain('sesame');
  });

  test('without its secret is not asked', async () => {
    const { ask, node, server, tools } = await withServer(told(READY), {
      secrets: { authorization: { name: 'nobody' } },
    });
    expect([await ask(), outcomes, server.posts]).toEqual([undefined, ['no-secret'], []]);
    expect(await tools.refusal(node())).toContain('nobody');
  });

  test('may answer in a stream of events, with others before', async () => {
    const { ask } = await withServer((response, id) => {
      response.setHeader('content-type', 'text/event-stream');
      response.write(': hello\r\n\r\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\r\n\r\n');
      const content = [{ type: 'text', text: '{"state":"ready",\n"minutes":1}' }];
      const text = JSON.stringify({ jsonrpc: '2.0', id, result: { content } });
      // Left open, and cut in the middle of a line end.
      response.write(`id: 1\r\nevent: message\r\ndata:${text}\r`);
      setTimeout(() => response.write('\n\r\n'), 10);
    });
    expect([await ask(), outcomes]).toEqual([{ state: 'ready', minutes: '1' }, ['answered']]);
  });

  test('may answer in a sentence', async () => {
    const { node, tools } = await withServer((response, id) =>
      json(response, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'It is ready.' }] } }),
    );
    const results = [{ name: 'words', at: '/text', schema: { type: 'string' } }] as ToolNode['results'];
    const asked = { nodeId: 'look', node: { ...node(), results }, variables: { order: '4721' } };
    expect(await tools.ask(asked, new AbortController().signal)).toEqual({ words: 'It is ready.' });
  });

  test.each([
    ['refuses', (response: ServerResponse) => response.writeHead(401).end(), 'status'],
    ['500', (response: ServerResponse) => response.writeHead(500).end('{}'), 'status'],
    ['leads elsewhere', (response: ServerResponse) => response.writeHead(307, { location: '/mcp' }).end(), 'status'],
    ['cuts off', (response: ServerResponse) => response.destroy(), 'unreachable'],
    ['wrong type', told({ state: 7, minutes: 12 }), 'wrong-type'],
    ['no JSON', (response: ServerResponse) => response.end('<html>'), 'not-json'],
    ['ends a stream without an answer', stream(''), 'unreachable'],
    ['10 MB answer', told({ state: 'x'.repeat(10_000_000), minutes: 1 }), 'too-big'],
    ['10 MB stream', stream(`data: ${'x'.repeat(10_000_000)}\n\n`), 'too-big'],
    [
      'says no',
      (response: ServerResponse, id: number) =>
        json(response, { jsonrpc: '2.0', id, result: { isError: true, content: [] } }),
      'refused',
    ],
    [
      'knows better',
      (response: ServerResponse, id: number) =>
        json(response, { jsonrpc: '2.0', id, error: { code: -32602, message: '4721' } }),
      'refused',
    ],
  ] as const)('%s: the failure way, and nothing of the caller in the log', async (_name, call, why) => {
    const { ask } = await withServer(call);
    expect([await ask(), outcomes]).toEqual([undefined, [why]]);
    expect(JSON.stringify(log.lines)).not.toContain('4721');
  });

  test('times out: given up at the deadline, and told; after three such answers it rests', async () => {
    const { ask, mcp, server, states } = await withServer(() => undefined, {}, 150);
    await mcp.begin();
    for (let n = 0; n < 4; n++) expect(await ask()).toBeUndefined();
    expect(outcomes).toEqual(['deadline', 'deadline', 'deadline', 'resting']);
    expect(states).toEqual(['shop open']);
    await expect.poll(() => server.posts.filter(({ body }) => body.includes('notifications/cancelled')).length).toBe(3);
  });

  test('that has forgotten the session gets a new one within the same call', async () => {
    const { ask, server } = await withServer(told(READY));
    await ask();
    server.known.clear();
    expect(await ask()).toEqual({ state: 'ready', minutes: '12' });
    expect(server.sessions).toBe(2);
  });

  test('that is not there is said to be so at the start, and is no mistake of the flow', async () => {
    const { ask, mcp, node, tools } = lineWith({ url: 'http://127.0.0.1:9/mcp' });
    await mcp.begin();
    expect(JSON.stringify(log.lines)).toContain('an MCP server is not there');
    expect([await ask(), await tools.refusal(node()), outcomes]).toEqual([undefined, undefined, ['unreachable']]);
  });
});

function stream(text: string) {
  return (response: ServerResponse): void => {
    response.setHeader('content-type', 'text/event-stream');
    response.end(text);
  };
}

describe('over standard input and output, a server', () => {
  test.each([
    ['wrong type', 'say(id, { structuredContent: { state: 7 } })', 'wrong-type'],
    ['says no', 'say(id, { isError: true })', 'refused'],
    ['ends', 'process.exit(1)', 'unreachable'],
    ['10 MB answer', `say(id, { structuredContent: { state: 'x'.repeat(1e7) } })`, 'too-big'],
    ['hangs', '', 'deadline'],
  ] as const)('%s: the failure way, and the next caller is answered or fails alike', async (_name, call, why) => {
    const { ask } = lineWith(oddProgram(call), why === 'deadline' ? 400 : 5_000);
    expect([await ask(), await ask(), outcomes]).toEqual([undefined, undefined, [why, why]]);
  });

  test('gets nothing of our environment but what it needs, and its own secret', async () => {
    process.env['HANDRAIL_ARI_PASSWORD'] = 'private';
    closing.push(() => delete process.env['HANDRAIL_ARI_PASSWORD']);
    const file = join(dir, 'env');
    const entry = oddProgram(
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env)); say(id, { structuredContent: ${JSON.stringify(READY)} })`,
    );
    const { ask } = lineWith({ ...entry, env: { SHOP: 'berlin' }, secrets: { SHOP_KEY: { name: 'shop' } } });
    expect(await ask()).toEqual({ state: 'ready', minutes: '12' });
    const env = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    expect(env).toMatchObject({ SHOP: 'berlin', SHOP_KEY: 'open-sesame' });
    expect(Object.keys(env).filter((name) => name.startsWith('HANDRAIL'))).toEqual([]);
  });

  test('may ask whether we live, writes what is no message, and answers in many pieces', async () => {
    const { ask } = lineWith(
      oddProgram(`
        console.log('Debug: called');
        console.log(JSON.stringify({ jsonrpc: '2.0', id: 'p', method: 'ping' }));
        lines.once('line', (pong) => {
          if (!pong.includes('"id":"p","result":{}')) process.exit(1);
          const text = JSON.stringify({ jsonrpc: '2.0', id, result: { structuredContent: ${JSON.stringify(READY)} } });
          process.stdout.write(text.slice(0, 40));
          setTimeout(() => process.stdout.write(text.slice(40) + '\\n'), 10);
        });`),
    );
    expect(await ask()).toEqual({ state: 'ready', minutes: '12' });
  });

  test('that speaks a revision which we do not know is none', async () => {
    const entry = oddProgram('');
    const { ask } = lineWith({
      ...entry,
      args: entry.args.map((arg) => arg.replace('params.protocolVersion', '"1999-01-01"')),
    });
    expect([await ask(), outcomes]).toEqual([undefined, ['refused']]);
  });

  test('that cannot be started is not there', async () => {
    const { ask } = lineWith({ command: join(dir, 'nothing') });
    expect([await ask(), outcomes]).toEqual([undefined, ['unreachable']]);
  });

  test('that hangs at its beginning, or has just failed, is not waited for by whoever edits a flow', async () => {
    const { mcp, node, tools } = lineWith({ command: 'sleep', args: ['20'] });
    expect(await tools.refusal(node())).toBeUndefined();
    await mcp.close();
    const file = join(dir, 'starts');
    const started = () => readFileSync(file, 'utf8').length;
    const crashing = lineWith({ command: 'sh', args: ['-c', `printf x >>${file}; exit 1`] });
    for (let n = 0; n < 3; n++) expect(await crashing.tools.refusal(crashing.node())).toBeUndefined();
    expect(started()).toBe(1);
    await crashing.ask();
    expect(started()).toBe(2);
  });

  test('is not asked for a caller who has left', async () => {
    const left = new AbortController();
    const { ask } = lineWith(oddProgram(''));
    const values = ask('4721', {}, left.signal);
    left.abort();
    expect([await values, outcomes]).toEqual([undefined, ['cancelled']]);
  });
});
