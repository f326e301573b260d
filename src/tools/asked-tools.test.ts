import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ToolNode } from '../flow/schema.js';
import { systemClock } from '../kernel/clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { AskedTools, type AskedToolsOptions } from './asked-tools.js';
import { HttpService } from './http-service.js';
import { McpService } from './mcp/mcp-service.js';
import type { ToolOutcome } from './outcome.js';
import { ToolSecrets } from './secrets.js';

const secretsDir = mkdtempSync(join(tmpdir(), 'handrail-secrets-'));
writeFileSync(join(secretsDir, 'shop'), 'open-sesame\n');

const asked: { readonly url: string | undefined; readonly key: unknown; readonly body: string }[] = [];
let server: Server;
let host: string;

const answers: Record<string, (response: ServerResponse) => void> = {
  '/ready/o-4711': (response) => response.end('{"state":"ready"}'),
  '/error/o-4711': (response) => response.writeHead(500).end('{"state":"ready"}'),
  '/moved/o-4711': (response) => response.writeHead(302, { location: '/ready/o-4711' }).end(),
  '/text/o-4711': (response) => response.end('<html>'),
  '/type/o-4711': (response) => response.end('{"state":7}'),
  '/cut/o-4711': (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"state":');
    setTimeout(() => response.destroy(), 20);
  },
  '/drip/o-4711': (response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/huge/o-4711': (response) => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const more = (): void => {
      while (sent++ < 10) if (!response.write(mebibyte)) return void response.once('drain', more);
      response.end();
    };
    more();
  },
  '/hang/o-4711': () => undefined,
};

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ url: request.url, key: request.headers.authorization, body });
      answers[request.url ?? '']?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function asking(
  hosts: readonly string[],
  options: Pick<AskedToolsOptions, 'breakers' | 'log' | 'onAsked'>,
): AskedTools {
  const secrets = new ToolSecrets(secretsDir);
  const { log } = options;
  const mcp = new McpService({ servers: new Map(), secrets, version: '1', clock: systemClock, log });
  return new AskedTools({ http: new HttpService(hosts, secrets), mcp, clock: systemClock, ...options });
}

async function ask(way: string, more: Partial<ToolNode> = {}, hosts = [host], rests = false) {
  const log = new RecordingLogger();
  const verdicts: string[] = [];
  const outcomes: ToolOutcome[] = [];
  const tools = asking(hosts, {
    breakers: { begin: () => (rests ? undefined : (verdict) => void verdicts.push(verdict)) },
    log,
    onAsked: (outcome) => outcomes.push(outcome),
  });
  const node: ToolNode = {
    kind: 'tool',
    url: `http://${host}/${way}/{orderNumber}`,
    deadlineMs: 5_000,
    results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
    next: 'a',
    failed: 'b',
    ...more,
  };
  const variables = { orderNumber: 'o-4711' };
  const values = await tools.ask({ nodeId: 'look', node, variables }, new AbortController().signal);
  const verdict = verdicts.join();
  return {
    values,
    outcome: outcomes.join(),
    verdict,
    log: JSON.stringify(log.lines),
    refusal: await tools.refusal(node),
  };
}

describe('a web service', () => {
  test('is asked with its secret, and its answer taken', async () => {
    const secret = { header: 'authorization', name: 'shop', prefix: 'Bearer ' };
    const body = { number: '{orderNumber}' };
    const { values, outcome, refusal } = await ask('ready', { secret, method: 'POST', body });
    expect([values, outcome, refusal]).toEqual([{ state: 'ready' }, 'answered', undefined]);
    expect(asked.at(-1)).toEqual({ url: '/ready/o-4711', key: 'Bearer open-sesame', body: '{"number":"o-4711"}' });
  });

  test.each([
    ['error', 'status', 'bad'],
    ['moved', 'status', 'good'],
    ['text', 'not-json', 'good'],
    ['type', 'wrong-type', 'good'],
    ['cut', 'unreachable', 'bad'],
    ['huge', 'too-big', 'good'],
  ] as const)(
    '%s: no values (%s), the service is %s, and nothing of the caller in the log',
    async (way, why, judged) => {
      const { values, outcome, verdict, log } = await ask(way);
      expect([values, outcome, verdict]).toEqual([undefined, why, judged]);
      expect(log).toContain('a tool node goes its failure way');
      expect(log).not.toContain('o-4711');
    },
  );

  test.each(['hang', 'drip'])('%s: given up at the deadline', async (way) => {
    expect(await ask(way, { deadlineMs: 150 })).toMatchObject({
      values: undefined,
      outcome: 'deadline',
      verdict: 'bad',
    });
  });

  test('that failed again and again is not asked', async () => {
    const before = asked.length;
    expect(await ask('ready', {}, [host], true)).toMatchObject({ values: undefined, outcome: 'resting' });
    expect(asked).toHaveLength(before);
  });

  test('that nobody runs', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const nobody = `127.0.0.1:${String((free.address() as AddressInfo).port)}`;
    await new Promise((resolve) => free.close(resolve));
    expect(await ask('x', { url: `http://${nobody}/` }, [nobody])).toMatchObject({ outcome: 'unreachable' });
  });

  test('that is not allowed is not asked, nor one without its secret', async () => {
    const before = asked.length;
    expect(await ask('ready', {}, ['127.0.0.1'])).toMatchObject({
      outcome: 'not-allowed',
      refusal: expect.stringContaining('tools.hosts'),
    });
    const secret = { header: 'authorization', name: 'nobody' };
    expect(await ask('ready', { secret })).toMatchObject({ outcome: 'no-secret', refusal: expect.any(String) });
    expect(await ask('ready', { url: `http://${host}/ready/{nothing}` })).toMatchObject({ outcome: 'no-value' });
    expect(asked).toHaveLength(before);
  });

  test('is given up when the caller leaves', async () => {
    const left = new AbortController();
    const log = new RecordingLogger();
    const breakers = { begin: () => () => undefined };
    const tools = asking([host], { breakers, log, onAsked: () => undefined });
    const node: ToolNode = { kind: 'tool', url: `http://${host}/hang/o-4711`, results: [], next: 'a', failed: 'b' };
    const values = tools.ask({ nodeId: 'look', node, variables: {} }, left.signal);
    left.abort();
    expect(await values).toBeUndefined();
    expect(log.lines).toEqual([]);
  });
});
