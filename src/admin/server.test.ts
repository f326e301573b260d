import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '../kernel/clock.js';
import { smallFlow } from '../dialog/testing/small-flow.js';
import { aCall, aTurn } from '../store/fixtures.js';
import { flowText } from '../flow/flow-text.js';
import type { SqliteStore } from '../store/sqlite-store.js';
import type { LiveBoard } from './live-board.js';
import type { HealthReport, LiveMessage } from './live.js';
import { buildAdmin, createAdmin } from './server.js';
import type { Admin, AdminDeps } from './server.js';
import { AdminHouse, local } from './testing/admin-house.js';
import type { TapResult } from './taps-api.js';

const healthy: HealthReport = {
  ready: true,
  parts: [
    { name: 'ari', state: 'ready', problem: undefined },
    { name: 'whisper', state: 'down', problem: 'exit code 1' },
  ],
  admission: { mode: 'measured', service: 'full' },
};

let dir: string;
let store: SqliteStore;
let live: LiveBoard;
let health: HealthReport;
let house: AdminHouse;
let taps: (callId: string, kind: string, on: boolean) => TapResult;
const running: Admin[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-admin-'));
  house = await AdminHouse.open(smallFlow);
  ({ store, live } = house);
  health = healthy;
  taps = () => ({ type: 'no-such-call' });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((admin) => admin.close()));
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function deps(webDir = dir): AdminDeps {
  return {
    ...house.deps(),
    health: () => health,
    setAdmission: (mode) => void (health = { ...health, admission: { mode, service: 'full' } }),
    webDir,
    docsDir: join(dir, 'docs'),
    taps: { tap: (callId: string, kind: string, on: boolean) => taps(callId, kind, on) },
    clock: systemClock,
  };
}

async function put(url: string, payload: object, headers: Record<string, string> = {}) {
  const app = await buildAdmin({ deps: deps() });
  const response = await app.inject({
    method: 'PUT',
    url,
    payload,
    headers: { host: '127.0.0.1:8080', ...local, ...headers },
  });
  await app.close();
  return response;
}

async function get(url: string, headers: Record<string, string> = {}) {
  const app = await buildAdmin({ deps: deps() });
  const response = await app.inject({ url, headers: { host: '127.0.0.1:8080', ...local, ...headers } });
  await app.close();
  return response;
}

async function start(port = 0): Promise<Admin> {
  const admin = await createAdmin({ host: '127.0.0.1', port, deps: deps() });
  running.push(admin);
  return admin;
}

describe('admission', () => {
  it('is decided by an admin, and told', async () => {
    expect((await put('/api/admission', { mode: 'keypad' })).json()).toEqual({ mode: 'keypad', service: 'full' });
    expect((await get('/readyz')).json()).toMatchObject({ admission: { mode: 'keypad' } });
  });

  it.each([[{ mode: 'everything' }], [{}]])('refuses %j', async (body) => {
    expect((await put('/api/admission', body)).statusCode).toBe(400);
    expect(health).toBe(healthy);
  });

  it('is not decided from a foreign page', async () => {
    const refused = await put('/api/admission', { mode: 'drain' }, { origin: 'http://elsewhere.example' });
    expect(refused.statusCode).toBe(403);
    expect(health).toBe(healthy);
  });
});

describe('probes', () => {
  it('alive, ready though an engine is down, and metrics', async () => {
    expect((await get('/healthz')).json()).toEqual({ alive: true });
    const ready = await get('/readyz');
    expect([ready.statusCode, ready.json<{ degraded: string[] }>().degraded]).toEqual([200, ['whisper']]);
    const metrics = await get('/metrics');
    expect(metrics.body).toBe('handrail_calls_active 0\n');
    expect(metrics.headers['content-type']).toContain('text/plain; version=0.0.4');
  });

  it('not ready when ARI is away', async () => {
    health = {
      ready: false,
      parts: [{ name: 'ari', state: 'down', problem: 'connection refused' }],
      admission: healthy.admission,
    };
    const response = await get('/readyz');
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      parts: [{ name: 'ari', problem: 'connection refused' }],
      admission: healthy.admission,
    });
  });
});

describe('calls', () => {
  it('with their turns, newest first, by caller', async () => {
    await store.startCall(aCall({ callId: 'a', callerNumber: '101', startedAtWallMs: 1 }));
    await store.startCall(aCall({ callId: 'b', callerNumber: '101', startedAtWallMs: 2 }));
    await store.startCall(aCall({ callId: 'c', callerNumber: '102', startedAtWallMs: 3 }));
    await store.addTurn(aTurn({ callId: 'b' }));
    const calls = (await get('/api/calls?caller=101')).json<{ callId: string; turns: unknown[] }[]>();
    expect(calls.map(({ callId, turns }) => [callId, turns.length])).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
    expect((await get('/api/calls?limit=1')).json()).toHaveLength(1);
    expect((await get('/api/calls/b')).json()).toMatchObject({ callId: 'b', turns: [{ turnId: 'turn-1' }] });
    expect((await get('/api/calls/nobody')).statusCode).toBe(404);
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'caller='])('refuses %s in one sentence', async (query) => {
    const response = await get(`/api/calls?${query}`);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ error: string }>().error).toContain('querystring/');
  });

  it('tells a database that fails by its code', async () => {
    await store.close();
    const response = await get('/api/calls');
    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([500, 'HR_STORE_FAILED']);
  });

  it('counts in the status', async () => {
    live.callStarted(aCall(), 'ai');
    expect((await get('/api/status')).json()).toMatchObject({ version: '0.1.0', liveCalls: 1, store: { lost: 0 } });
  });
});

describe('recordings and captures', () => {
  const post = async (url: string, payload: object, headers: Record<string, string> = local) => {
    const app = await buildAdmin({ deps: deps() });
    const response = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { host: '127.0.0.1:8080', ...headers },
    });
    await app.close();
    return response;
  };

  it('begin and end for a call that is up', async () => {
    const asked: unknown[] = [];
    taps = (...args) => {
      asked.push(args);
      return { type: 'done', file: '/data/recordings/a.wav' };
    };
    const begun = await post('/api/calls/a/recording', { on: true });
    expect([begun.statusCode, begun.json()]).toEqual([
      200,
      { kind: 'recording', on: true, file: '/data/recordings/a.wav' },
    ]);
    await post('/api/calls/a/capture', { on: false });
    const audited = (await get('/api/audit')).json<unknown>();
    expect(JSON.stringify(audited)).toContain('call.capture');
    expect(asked).toEqual([
      ['a', 'recording', true],
      ['a', 'capture', false],
    ]);
  });

  it('are refused in one sentence', async () => {
    const refusals: Record<string, TapResult> = {
      gone: { type: 'no-such-call' },
      idle: { type: 'not-running' },
      socket: { type: 'no-packets' },
    };
    taps = (callId) => refusals[callId] ?? { type: 'done', file: '' };
    for (const [id, status] of [
      ['gone', 404],
      ['idle', 409],
      ['socket', 409],
    ] as const) {
      const response = await post(`/api/calls/${id}/capture`, { on: true });
      expect([response.statusCode, typeof response.json<{ error: unknown }>().error]).toEqual([status, 'string']);
    }
    expect((await post('/api/calls/a/recording', {})).statusCode).toBe(400);
    const foreign = { ...local, origin: 'http://evil.example' };
    expect((await post('/api/calls/a/recording', { on: true }, foreign)).statusCode).toBe(403);
    const publisher = await house.as('publisher');
    expect((await post('/api/calls/a/recording', { on: true }, publisher)).statusCode).toBe(403);
    const admin = await house.as('admin');
    expect((await post('/api/calls/a/recording', { on: true }, admin)).statusCode).toBe(200);
  });
});

test('a pretended call, with every kind of input and in no other form', async () => {
  const simulate = (inputs: readonly object[]) =>
    house.ask({ method: 'POST', url: '/api/simulate', body: { inputs, wallMs: 0 }, headers: local });
  const inputs = [
    { type: 'silence' },
    { type: 'trouble', reason: 'engine' },
    { type: 'say', text: 'a large latte' },
    { type: 'keys', keys: '0' },
    { type: 'done', ok: false },
  ];
  const steps = (await simulate(inputs)).json<{ outcome: string; fallback?: string; then: string }[]>();
  expect(steps.map(({ then }) => then)).toEqual(['listen', 'listen', 'listen', 'listen', 'transfer', 'voicemail']);
  expect(steps[2]?.fallback).toBe('engine');
  expect((await simulate([{ type: 'silence', reason: 'engine' }])).statusCode).toBe(400);
});

test('a pretended call becomes a scenario, which passes until the flow says something else', async () => {
  const post = (url: string, body: object) => house.ask({ method: 'POST', url, body, headers: local });
  const inputs = [{ type: 'keys', keys: '24711' }];
  const kept = await post('/api/simulate/scenario', { inputs, wallMs: 0, name: 'order by keys' });
  const { text } = kept.json<{ text: string }>();
  expect(text).toContain('order by keys');
  const failures = async (document?: object) =>
    (await post('/api/flow/test', { text, ...(document ? { document } : {}) })).json<{ failures: object[] }[]>();
  expect(await failures()).toMatchObject([{ name: 'order by keys', failures: [] }]);
  const bye = { kind: 'hangup', prompt: 'So long.' };
  const changed = { ...smallFlow, nodes: { ...smallFlow.nodes, bye } };
  expect(await failures(changed)).toMatchObject([{ failures: [{ step: 2, what: expect.stringContaining('says:') }] }]);
  expect((await post('/api/flow/test', { text: 'scenarios: 3' })).json()).toMatchObject({ code: 'HR_SCENARIO' });
});

test('a flow is taken away as a file, in the order that git gets', async () => {
  const taken = await house.ask({ url: '/api/flow/export?of=live', headers: local });
  expect(taken.headers['content-disposition']).toBe('attachment; filename="small.json"');
  expect(taken.body).toBe(flowText(smallFlow));
  expect((await house.ask({ url: '/api/flow/export?of=draft', headers: local })).statusCode).toBe(404);
});

test('calls are moved, tried out and counted', async () => {
  const post = (url: string, body: object) => house.ask({ method: 'POST', url, body, headers: local });
  expect((await post('/api/calls/call-1/move', { to: 'person' })).statusCode).toBe(204);
  expect((await post('/api/calls/call-1/move', { to: 'keypad' })).statusCode).toBe(409);
  expect((await post('/api/calls/call-9/move', { to: 'end' })).statusCode).toBe(404);
  expect((await post('/api/calls/call-1/move', { to: 'moon' })).statusCode).toBe(400);
  expect(house.steered).toEqual(['call-1 person', 'call-1 keypad', 'call-9 end']);

  const tried = await post('/api/flow/call', { extension: '301', node: 'drink', document: smallFlow });
  expect(tried.json()).toEqual({ callId: '301 A small line drink' });
  expect((await post('/api/flow/call', { extension: '301', node: 'gone' })).json()).toMatchObject({
    code: 'HR_NOT_THERE',
  });
  const broken = { ...smallFlow, start: 'gone' };
  expect((await post('/api/flow/call', { extension: '301', node: 'drink', document: broken })).statusCode).toBe(422);

  await house.store.startCall(aCall({ flowId: 'small', startedAtWallMs: house.clock.wallMs() }));
  await house.store.addTurn(aTurn({ nodeId: 'main', nextNodeId: 'drink' }));
  const figures = (query: string) => house.ask({ url: `/api/flow/figures${query}`, headers: local });
  expect((await figures('')).json()).toMatchObject([
    { nodeId: 'drink', entered: 1 },
    { nodeId: 'main', answeredByVoice: 1 },
  ]);
  expect((await figures('?version=7&hours=24')).json()).toEqual([]);
});

describe('what a browser may do', () => {
  it('sends a strict policy with everything', async () => {
    for (const url of ['/', '/healthz', '/api/calls']) {
      const { headers } = await get(url);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('refuses names that could have been rebound, but not the probes', async () => {
    expect((await get('/api/calls', { host: 'evil.example:8080' })).statusCode).toBe(403);
    expect((await get('/%61pi/calls', { host: 'evil.example:8080' })).statusCode).toBe(403);
    expect((await get('/api/calls', { origin: 'http://evil.example' })).statusCode).toBe(403);
    expect((await get('/healthz', { host: 'handrail:8080' })).statusCode).toBe(200);
  });

  it('gets the page compressed as it lies there, what has its hash in its name for ever, the rest after asking', async () => {
    mkdirSync(join(dir, 'page', 'assets'), { recursive: true });
    writeFileSync(join(dir, 'page', 'index.html'), 'plain');
    writeFileSync(join(dir, 'page', 'assets', 'a-1.js'), 'plain');
    writeFileSync(join(dir, 'page', 'assets', 'a-1.js.br'), 'packed');
    const app = await buildAdmin({ deps: deps(join(dir, 'page')) });
    const asked = (url: string, headers = {}) => app.inject({ url, headers });
    const packed = await asked('/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
    expect(packed.body).toBe('packed');
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await asked('/assets/a-1.js')).body).toBe('plain');
    expect((await asked('/')).headers['cache-control']).toBe('no-cache');
    await app.close();
  });

  it('gets the page from its folder and nothing beside it', async () => {
    mkdirSync(join(dir, 'page'));
    writeFileSync(join(dir, 'page', 'index.html'), '<title>Handrail</title>');
    writeFileSync(join(dir, 'secret'), 'secret');
    const app = await buildAdmin({ deps: deps(join(dir, 'page')) });
    expect((await app.inject('/')).body).toContain('Handrail');
    expect((await app.inject('/..%2fsecret')).statusCode).toBeGreaterThanOrEqual(400);
    expect((await app.inject('/docs/')).statusCode).toBe(404);
    await app.close();
    mkdirSync(join(dir, 'docs'));
    writeFileSync(join(dir, 'docs', 'index.html'), '<title>Documentation</title>');
    const documented = await buildAdmin({ deps: deps(join(dir, 'page')) });
    expect((await documented.inject('/docs/')).body).toContain('Documentation');
    expect((await documented.inject('/docs/..%2fsecret')).statusCode).toBeGreaterThanOrEqual(400);
    expect((await documented.inject('/')).body).toContain('Handrail');
    await documented.close();
    const unbuilt = await buildAdmin({ deps: deps(join(dir, 'nothing')) });
    expect((await unbuilt.inject('/')).body).toContain('npm run build');
    await unbuilt.close();
  });
});

describe('the live feed', () => {
  it('sends a snapshot, then events', async () => {
    live.callStarted(aCall(), 'ai');
    const { url } = await start();
    const { messages, next, socket } = listen(url);
    await next(1);
    live.enteredNode('call-1', 'order', 'ai');
    live.turn(aTurn());
    live.callEnded('call-1', 5, 'hungup-by-caller');
    live.callStarted(aCall({ callId: 'call-2' }), 'keypad');
    await next(5);
    expect(messages.map(({ type }) => type)).toEqual(['snapshot', 'node', 'turn', 'call-ended', 'call-started']);
    expect(messages[0]).toMatchObject({ health: { ready: true }, calls: [{ callId: 'call-1', face: 'ai' }] });
    socket.terminate();
  });

  it('refuses a foreign origin', async () => {
    const { url } = await start();
    const { closed } = listen(url, { origin: 'http://evil.example' });
    expect(await closed).toContain('403');
  });

  it('ends with the server', async () => {
    const { url, close } = await start();
    const { next, closed } = listen(url);
    await next(1);
    await close();
    await closed;
  });
});

describe('a port in use', () => {
  it('is told by its code', async () => {
    const { url } = await start();
    await expect(start(Number(new URL(url).port))).rejects.toMatchObject({ code: 'HR_PORT_IN_USE' });
  });
});

function listen(url: string, headers: Record<string, string> = {}) {
  const messages: LiveMessage[] = [];
  const socket = new WebSocket(`${url.replace('http', 'ws')}api/live`, { headers: { ...local, ...headers } });
  let wake: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as LiveMessage);
    wake();
  });
  const closed = new Promise<string>((resolve) => {
    socket.on('error', (error) => resolve(error.message));
    socket.on('close', () => resolve('closed'));
  });
  const next = async (count: number): Promise<void> => {
    while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { messages, socket, closed, next };
}
