import { describe, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RecordingLogger } from '../kernel/log.js';
import { FakeProcess } from './fake-process.js';
import type { EngineState } from './ports.js';
import { supervisionDefaults } from './supervisor.js';
import { WorkerPool, type PoolOptions } from './worker-pool.js';

const READY = { type: 'ready', loadMs: 1 };
const LIMITS = { deadlineMs: 500 };

function setUp(options: Partial<PoolOptions> = {}): {
  clock: FakeClock;
  log: RecordingLogger;
  processes: FakeProcess[];
  pool: WorkerPool;
  process: (index: number) => FakeProcess;
} {
  const clock = new FakeClock();
  const log = new RecordingLogger();
  const processes: FakeProcess[] = [];
  const start = (): FakeProcess => {
    const process = new FakeProcess();
    processes.push(process);
    return process;
  };
  const finalTypes = new Set(['result', 'prepared']);
  const common = { name: 'engine', start, finalTypes, clock, log, random: () => 0, options: supervisionDefaults };
  const pool = new WorkerPool({ ...common, workers: 1, ...options });
  const process = (index: number): FakeProcess => {
    const found = processes[index];
    if (!found) throw new Error(`no process ${index}`);
    return found;
  };
  return { clock, log, processes, pool, process };
}

const ask = (word: string) => ({ header: { type: 'recognise', word } });
const coded = (code: string) => expect.objectContaining({ code });

describe('a request', () => {
  test('is answered, and told how long it waited', async () => {
    const { pool, process, clock } = setUp();
    process(0).say(READY);
    const first = pool.run(ask('a'), LIMITS);
    const second = pool.run(ask('b'), LIMITS);
    expect(process(0).asked.map((header) => header['word'])).toEqual(['a']);
    clock.advance(120);
    process(0).say({ type: 'result', id: process(0).asked[0]?.['id'] });
    expect((await first).queueMs).toBe(0);
    process(0).say({ type: 'result', id: process(0).asked[1]?.['id'] });
    expect((await second).queueMs).toBe(120);
  });

  test('goes to a worker that is free', () => {
    const { pool, process } = setUp({ workers: 2 });
    process(0).say(READY);
    process(1).say(READY);
    void pool.run(ask('a'), LIMITS).catch(() => undefined);
    void pool.run(ask('b'), LIMITS).catch(() => undefined);
    expect([process(0), process(1)].map((one) => one.asked[0]?.['word'])).toEqual(['a', 'b']);
  });

  test('fails with the words of the engine', async () => {
    const { pool, process } = setUp();
    process(0).say(READY);
    const answer = pool.run(ask('a'), LIMITS);
    process(0).say({ type: 'error', id: process(0).asked[0]?.['id'], message: 'no such voice' });
    await expect(answer).rejects.toThrow(/no such voice/);
    await expect(answer).rejects.toEqual(coded('HR_ENGINE_FAILED'));
  });

  test('is refused at once when no worker runs, when the engine is absent, or when too many wait', async () => {
    await expect(setUp().pool.run(ask('a'), LIMITS)).rejects.toEqual(coded('HR_ENGINE_DOWN'));
    const { pool: absent, processes } = setUp({ absent: 'the model is missing' });
    await expect(absent.run(ask('a'), LIMITS)).rejects.toThrow(/the model is missing/);
    expect([absent.state, processes.length]).toEqual(['absent', 0]);
    const { pool, process } = setUp({ maxQueued: 1 });
    process(0).say(READY);
    void pool.run(ask('a'), LIMITS).catch(() => undefined);
    void pool.run(ask('b'), LIMITS).catch(() => undefined);
    await expect(pool.run(ask('c'), LIMITS)).rejects.toEqual(coded('HR_ENGINE_BUSY'));
  });
});

describe('a deadline', () => {
  test('cancels the work; a late answer is dropped and frees the worker', async () => {
    const { pool, process, clock } = setUp();
    process(0).say(READY);
    const answer = pool.run(ask('a'), LIMITS);
    const id = process(0).asked[0]?.['id'];
    clock.advance(500);
    await expect(answer).rejects.toEqual(coded('HR_ENGINE_DEADLINE'));
    expect(process(0).asked.at(-1)).toEqual({ type: 'cancel', id });
    const next = pool.run(ask('b'), LIMITS);
    expect(process(0).asked.at(-1)?.type).toBe('cancel');
    process(0).say({ type: 'result', id });
    expect(process(0).asked.at(-1)?.['word']).toBe('b');
    process(0).say({ type: 'result', id: process(0).asked.at(-1)?.['id'] });
    await next;
  });

  test('runs in the queue as well, and the worker never sees the request', async () => {
    const { pool, process, clock } = setUp();
    process(0).say(READY);
    void pool.run(ask('a'), { deadlineMs: 5_000 }).catch(() => undefined);
    const waiting = pool.run(ask('b'), { deadlineMs: 100 });
    clock.advance(99);
    expect(pool.waitMs).toBe(99);
    clock.advance(1);
    await expect(waiting).rejects.toThrow(/still waiting/);
    expect([pool.waitMs, process(0).asked.length]).toEqual([0, 1]);
  });

  test('leaves the wait of those who were served known for a while', async () => {
    const { pool, process, clock } = setUp();
    process(0).say(READY);
    const first = pool.run(ask('a'), { deadlineMs: 5_000 });
    const second = pool.run(ask('b'), { deadlineMs: 5_000 });
    clock.advance(400);
    process(0).say({ type: 'result', id: process(0).asked.at(-1)?.['id'] });
    process(0).say({ type: 'result', id: process(0).asked.at(-1)?.['id'] });
    await Promise.all([first, second]);
    expect(pool.waitMs).toBe(400);
    clock.advance(3_000);
    expect(pool.waitMs).toBe(0);
  });

  test('that is not acknowledged within a second costs the worker its life', async () => {
    const { pool, process, clock, processes } = setUp();
    process(0).say(READY);
    const answer = pool.run(ask('a'), LIMITS);
    clock.advance(500);
    await expect(answer).rejects.toEqual(coded('HR_ENGINE_DEADLINE'));
    clock.advance(999);
    expect(process(0).signals).toEqual([]);
    clock.advance(1);
    expect(process(0).signals).toEqual(['SIGKILL']);
    clock.advance(125);
    expect(processes).toHaveLength(2);
  });

  test('aborting is the same with HR_CANCELLED, before and during', async () => {
    const { pool, process } = setUp();
    process(0).say(READY);
    const abort = new AbortController();
    const answer = pool.run(ask('a'), { ...LIMITS, signal: abort.signal });
    abort.abort();
    await expect(answer).rejects.toEqual(coded('HR_CANCELLED'));
    await expect(pool.run(ask('a'), { ...LIMITS, signal: abort.signal })).rejects.toEqual(coded('HR_CANCELLED'));
    expect(process(0).asked.map((header) => header.type)).toEqual(['recognise', 'cancel']);
  });
});

describe('a worker', () => {
  test('that ends takes its request with it, and comes back later each time', async () => {
    const { pool, process, clock, processes } = setUp();
    const states: EngineState[] = [];
    pool.onState((state) => states.push(state));
    process(0).say(READY);
    const answer = pool.run(ask('a'), LIMITS);
    process(0).end('was ended by SIGSEGV');
    await expect(answer).rejects.toThrow(/SIGSEGV/);
    clock.advance(125);
    process(1).end();
    clock.advance(249);
    expect(processes).toHaveLength(2);
    clock.advance(1);
    process(2).say(READY);
    expect(states).toEqual(['ready', 'down', 'ready']);
    expect(pool.problem).toBeUndefined();
  });

  test.each(['hangs', 'garbles'])('that %s is killed and replaced', (how) => {
    const { pool, process, clock, processes } = setUp();
    process(0).say(READY);
    if (how === 'garbles') process(0).garble();
    process(0).healthy = false;
    clock.advance(2_000 + 2_000);
    expect(process(0).ended).toBe(true);
    clock.advance(250);
    process(1).say(READY);
    clock.advance(60_000);
    expect([pool.state, processes.length]).toEqual(['ready', 2]);
  });

  test('that does not get ready in time is started again', () => {
    const { clock, process, processes } = setUp();
    clock.advance(30_000 + 125);
    expect([process(0).ended, processes.length]).toEqual([true, 2]);
  });

  test('is told a grammar once in its life, again in the next, and again when it forgot', async () => {
    const { pool, process, clock } = setUp();
    const preparation = { key: 'g', header: { type: 'prepare' } };
    process(0).say(READY);
    const prepared = pool.prepare(preparation, LIMITS);
    process(0).say({ type: 'prepared', id: process(0).asked[0]?.['id'] });
    await prepared;
    await pool.prepare(preparation, LIMITS);
    void pool.run({ ...ask('a'), preparation }, LIMITS).catch(() => undefined);
    expect(process(0).asked.map((header) => header.type)).toEqual(['prepare', 'recognise']);
    process(0).end();
    clock.advance(200);
    process(1).say(READY);
    const again = pool.run({ ...ask('b'), preparation }, LIMITS);
    process(1).say({ type: 'error', id: process(1).asked[1]?.['id'], message: 'unknown-grammar' });
    await expect(again).rejects.toEqual(coded('HR_ENGINE_FAILED'));
    pool.forget('g');
    void pool.run({ ...ask('b'), preparation }, LIMITS).catch(() => undefined);
    expect(process(1).asked.map((header) => header.type)).toEqual(['prepare', 'recognise', 'prepare', 'recognise']);
  });
});

describe('close', () => {
  test('asks kindly, then insists, and leaves neither process nor timer', async () => {
    const { pool, process, clock, processes } = setUp({ workers: 2 });
    process(0).say(READY);
    process(1).obedient = false;
    const answer = pool.run(ask('a'), LIMITS);
    const closed = pool.close();
    await expect(answer).rejects.toEqual(coded('HR_ENGINE_DOWN'));
    expect([process(0).ended, process(1).ended]).toEqual([true, false]);
    clock.advance(2_000);
    await closed;
    await pool.close();
    expect(process(1).signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect([processes.length, clock.pendingCount]).toEqual([2, 0]);
    await expect(pool.run(ask('b'), LIMITS)).rejects.toEqual(coded('HR_ENGINE_DOWN'));
  });
});
