import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LeftByCaller } from '../dialog/ports.js';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { sensitive } from '../kernel/sensitive.js';
import { FolderOutbox, type OutboxState } from './outbox.js';
import { Webhook } from './webhook.js';

interface Post {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let dir: string;
let server: Server;
let url: string;
let status: number;
let clock: FakeClock;
let log: RecordingLogger;
let posts: Post[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-outbox-'));
  [status, clock, log, posts, states] = [204, new FakeClock(), new RecordingLogger(), [], []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/left`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

let states: OutboxState[];
const outbox = (to = url) => {
  const carriers = [new Webhook({ url: to, secret: sensitive('sesame'), clock })];
  return new FolderOutbox({
    carriers,
    dir: join(dir, 'outbox'),
    clock,
    log,
    onState: (_left, state) => states.push(state),
  });
};
const notes = () => readdirSync(join(dir, 'outbox'));

function message(): LeftByCaller {
  const file = join(dir, 'call-1.wav');
  writeFileSync(file, 'RIFF');
  return { type: 'voicemail', callId: 'call-1', callerNumber: '03012345', nodeId: 'message', atWallMs: 7, file };
}

test('a message is posted with its sound and a signature of the body', async () => {
  await outbox().put(message());
  const [{ headers, body } = { headers: {}, body: '' }] = posts;
  const audio = { type: 'audio/wav', base64: Buffer.from('RIFF').toString('base64') };
  const { file: _file, ...told } = message() as Extract<LeftByCaller, { type: 'voicemail' }>;
  expect(JSON.parse(body)).toEqual({ ...told, audio });
  const seconds = String(Math.floor(clock.wallMs() / 1_000));
  const expected = createHmac('sha256', 'sesame').update(`${seconds}.${body}`).digest('hex');
  expect(headers['x-handrail-signature']).toBe(`t=${seconds},v1=${expected}`);
  expect(notes()).toEqual([]);
});

test.each([500, 302])(
  'a service that answers %i is asked again with the same id, and nothing of the caller is logged',
  async (bad) => {
    status = bad;
    await outbox().put(message());
    expect(notes()).toHaveLength(1);
    status = 200;
    await clock.advanceAsync(5_000);
    await vi.waitFor(() => expect(notes()).toEqual([]));
    const ids = posts.map(({ headers }) => headers['x-handrail-id']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect(states).toEqual(['waiting', 'delivered']);
    expect(JSON.stringify(log.lines)).not.toMatch(/03012345|sesame/);
  },
);

test('a service that never answers is given up at its deadline, and asked again', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const put = outbox(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}/`).put(message());
  await vi.waitFor(async () => {
    await clock.advanceAsync(15_000);
    expect(log.lines.some(({ message: text }) => text === 'not delivered; it is tried again')).toBe(true);
  });
  await put;
  silent.closeAllConnections();
  silent.close();
});

test('a restart goes on with what was not delivered; after three days it is set aside', async () => {
  status = 503;
  const before = outbox();
  await before.put(message());
  before.close();
  await clock.advanceAsync(3_600_000);
  expect(posts).toHaveLength(1);
  const next = outbox();
  await next.resume();
  await vi.waitFor(() => expect(posts).toHaveLength(2));
  next.close();
  clock.advance(4 * 24 * 3_600_000);
  const last = outbox();
  await last.resume();
  await vi.waitFor(() => expect(notes()).toEqual([expect.stringMatching(/\.undelivered$/)]));
  expect(states).toEqual(['waiting', 'set-aside']);
  last.close();
});

test('half a note, as a power cut leaves one, is set aside', async () => {
  mkdirSync(join(dir, 'outbox'));
  writeFileSync(join(dir, 'outbox', 'half.json'), '{"left":{"ty');
  await outbox().resume();
  await vi.waitFor(() => expect(notes()).toEqual(['half.undelivered']));
  expect(clock.pendingCount).toBe(0);
});

test('without anybody to bring it to nothing is noted', async () => {
  await new FolderOutbox({ carriers: [], dir: join(dir, 'outbox'), clock, log }).put(message());
  expect(readdirSync(dir)).not.toContain('outbox');
});
