import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../kernel/clock.js';
import { silentLogger } from '../kernel/log.js';
import { sensitive } from '../kernel/sensitive.js';
import { createChatModel } from './llm.js';
import type { ChatModel } from './ports.js';

let server: Server | undefined;
let model: ChatModel | undefined;
afterEach(async () => {
  await model?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
});

const piece = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const REQUEST = { system: 's', messages: [{ role: 'user', content: 'q' }], maxTokens: 8, temperature: 0 } as const;

/** A model behind a server that answers every chat as `chat` does. */
async function ready(chat: (response: ServerResponse) => void): Promise<{ chat: ChatModel; gone: Promise<void> }> {
  let tell = (): void => undefined;
  const gone = new Promise<void>((resolve) => (tell = resolve));
  server = createServer((request, response) => {
    if (request.url === '/health') return void response.writeHead(200).end();
    response.on('close', tell);
    if (request.headers.authorization !== 'Bearer key') return void response.writeHead(401).end();
    return void chat(response.writeHead(200, { 'content-type': 'text/event-stream' }));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made = createChatModel({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: sensitive('key'),
    model: 'm',
    clock: systemClock,
    log: silentLogger,
    stallMs: 600,
  });
  model = made;
  await new Promise<void>((resolve) => made.onState((state) => state === 'ready' && resolve()));
  return { chat: made, gone };
}

async function heard(chat: ChatModel, deadlineMs = 5_000, signal = new AbortController().signal): Promise<string[]> {
  const pieces: string[] = [];
  try {
    for await (const text of chat.complete(REQUEST, { deadlineMs, signal })) pieces.push(text);
  } catch (error) {
    pieces.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
  return pieces;
}

test('streams the pieces of the answer', async () => {
  const { chat } = await ready((response) => response.end(`${piece('Hello')}${piece(' there.')}data: [DONE]\n\n`));
  expect(await heard(chat)).toEqual(['Hello', ' there.']);
});

test('ends a stream that stalls, and the server hears of it', async () => {
  const { chat, gone } = await ready((response) => void response.write(piece('Hello')));
  expect(await heard(chat)).toEqual(['Hello', 'HR_ENGINE_DEADLINE']);
  await gone;
});

test('ends at the deadline although pieces keep coming', async () => {
  const { chat, gone } = await ready((response) => {
    const timer = setInterval(() => response.write(piece('x')), 10);
    response.on('close', () => clearInterval(timer));
  });
  expect((await heard(chat, 300)).at(-1)).toBe('HR_ENGINE_DEADLINE');
  await gone;
});

test('ends when it is aborted, and when the reader leaves', async () => {
  const abort = new AbortController();
  const { chat, gone } = await ready((response) => {
    response.write(piece('Hello'));
    setTimeout(() => abort.abort(), 20);
  });
  expect((await heard(chat, 5_000, abort.signal)).at(-1)).toBe('HR_CANCELLED');
  await gone;
  for await (const text of chat.complete(REQUEST, { deadlineMs: 5_000 })) {
    expect(text).toBe('Hello');
    break;
  }
});

test('a server that breaks off is an engine that failed or went down', async () => {
  const { chat } = await ready((response) => {
    response.write(piece('Hello'));
    setTimeout(() => response.destroy(), 20);
  });
  expect(await heard(chat)).toEqual(['Hello', expect.stringMatching(/^HR_ENGINE_(DOWN|FAILED)$/)]);
});
