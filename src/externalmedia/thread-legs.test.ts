import { existsSync } from 'node:fs';
import { createSocket, Socket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import { sleep, systemClock } from '../kernel/clock.js';
import type { LegCommand, MediaCommand, MediaReport } from './messages.js';
import type { LegStats, LegTotals } from './port.js';
import { loadNativeIo, nativeIoPath, type NativeIo } from './native-io.js';
import { ThreadLegs } from './thread-legs.js';

const host = '127.0.0.1';
/** A thread has one timer, as each test file has. */
let native: NativeIo | undefined;
const ios = [
  { name: 'Node’s sockets', io: () => undefined },
  ...(existsSync(nativeIoPath) ? [{ name: 'the native sockets', io: () => (native ??= loadNativeIo()) }] : []),
];
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The legs of a media thread, on real sockets but without the thread. */
class Bench {
  readonly reports: MediaReport[] = [];
  readonly legs: ThreadLegs;
  #request = 0;

  constructor(io?: NativeIo) {
    this.legs = new ThreadLegs(systemClock, io, (report) => this.reports.push(report));
    closing.push(() => void this.legs.stop());
  }

  async open(leg: number): Promise<number> {
    const { port } = await this.ask(
      { type: 'open', request: ++this.#request, leg, codec: 'ulaw', transport: 'rtp', host },
      'opened',
    );
    closing.push(() => this.tell({ type: 'close', leg }));
    return port;
  }

  tell(command: LegCommand): void {
    this.legs.handle(command);
  }

  async stats(leg: number): Promise<LegStats> {
    return (await this.ask({ type: 'leg-stats', request: ++this.#request, leg }, 'leg-stats')).stats;
  }

  async totals(): Promise<LegTotals> {
    return (await this.ask({ type: 'thread-stats', request: ++this.#request }, 'thread-stats')).packets;
  }

  async ask<Type extends MediaReport['type']>(
    command: MediaCommand,
    type: Type,
  ): Promise<Extract<MediaReport, { type: Type }>> {
    this.reports.length = 0;
    this.legs.handle(command);
    return this.reported(type);
  }

  async reported<Type extends MediaReport['type']>(type: Type): Promise<Extract<MediaReport, { type: Type }>> {
    for (let tries = 0; tries < 200; tries++) {
      const found = this.reports.find((report): report is Extract<MediaReport, { type: Type }> => report.type === type);
      if (found) return found;
      await sleep(systemClock, 5);
    }
    throw new Error(`no ${type}`);
  }
}

async function far(): Promise<{ readonly socket: Socket; readonly port: number; readonly heard: number[] }> {
  const socket = createSocket('udp4');
  const heard: number[] = [];
  socket.on('message', (bytes) => heard.push(bytes.readUInt16BE(2)));
  await new Promise<void>((resolve) => socket.bind(0, host, resolve));
  closing.push(() => socket.close());
  return { socket, port: socket.address().port, heard };
}

/** The very socket of a leg: the system may close it without asking anybody. */
function socketAt(port: number): Socket | undefined {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): readonly unknown[] };
  return handles().find((one): one is Socket => one instanceof Socket && one.address().port === port);
}

test('a socket that was closed by somebody else is told, once, and the others go on', async () => {
  const bench = new Bench();
  const port = await bench.open(1);
  await bench.open(2);
  bench.reports.length = 0;
  socketAt(port)?.close();
  const { leg, event } = await bench.reported('event');
  expect({ leg, type: event.type }).toEqual({ leg: 1, type: 'media-lost' });
  await sleep(systemClock, 100);
  expect(bench.reports.map(({ type }) => type)).toEqual(['trouble', 'event']);
  bench.tell({ type: 'close', leg: 1 });
  expect((await bench.reported('closed')).leg).toBe(1);
});

function packet(sequence: number): Buffer {
  const bytes = Buffer.alloc(172, 0xff);
  bytes.writeUInt16BE(0x8000, 0);
  bytes.writeUInt16BE(sequence & 0xffff, 2);
  bytes.writeUInt32BE(sequence * 160, 4);
  bytes.writeUInt32BE(7, 8);
  return bytes;
}

describe.each(ios)('ThreadLegs with $name', ({ io }) => {
  test('each leg sends to its own far end alone, and hears only that', async () => {
    const bench = new Bench(io());
    const ends = [await far(), await far()];
    const ports = [await bench.open(1), await bench.open(2)];
    ends.forEach(({ port }, n) => bench.tell({ type: 'connect', leg: n + 1, remote: { host, port } }));
    // The first far end talks to both legs: the second must not hear it.
    for (let n = 0; n < 3; n++) for (const port of ports) ends[0]?.socket.send(packet(n), port, host);
    await sleep(systemClock, 120);
    expect(await bench.stats(1)).toMatchObject({ received: 3, foreign: 0 });
    expect(await bench.stats(2)).toMatchObject({ received: 0, foreign: 3 });
    for (const { heard } of ends) expect(heard.length).toBeGreaterThan(2);
    expect(await bench.totals()).toMatchObject({ received: 3, foreign: 3 });
  });

  test('the last counters of a leg are told when it closes, and stay in the sums', async () => {
    const bench = new Bench(io());
    const end = await far();
    const port = await bench.open(1);
    bench.tell({ type: 'connect', leg: 1, remote: { host, port: end.port } });
    end.socket.send(packet(1), port, host);
    await sleep(systemClock, 60);
    bench.tell({ type: 'close', leg: 1 });
    expect((await bench.reported('closed')).stats).toMatchObject({ received: 1 });
    expect(await bench.totals()).toMatchObject({ received: 1 });
  });

  test('stop closes every leg and says so', async () => {
    const bench = new Bench(io());
    await bench.open(1);
    await bench.open(2);
    await bench.ask({ type: 'stop' }, 'stopped');
    expect(bench.reports.map(({ type }) => type)).toEqual(['closed', 'closed', 'stopped']);
  });

  test('a flood at one port, from the pinned source or a stranger, does not reach the others', async () => {
    const bench = new Bench(io());
    const [victim, other, stranger] = [await far(), await far(), await far()];
    const port = await bench.open(1);
    await bench.open(2);
    bench.tell({ type: 'connect', leg: 1, remote: { host, port: victim.port } });
    bench.tell({ type: 'connect', leg: 2, remote: { host, port: other.port } });
    const fromMs = systemClock.nowMs();
    for (let n = 0; systemClock.nowMs() - fromMs < 400; n++) {
      for (let burst = 0; burst < 40; burst++) {
        victim.socket.send(packet(40 * n + burst), port, host);
        stranger.socket.send(packet(burst), port, host);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await sleep(systemClock, 100);
    const stats = await bench.stats(1);
    expect(stats.refused).toBeGreaterThan(0);
    expect(stats.foreign).toBeGreaterThan(0);
    // 3 s at once and twice real time, in packets.
    expect(stats.received).toBeLessThan(150 + (100 * (systemClock.nowMs() - fromMs)) / 1_000);
    const gapless = other.heard.every(
      (sequence, n) => n === 0 || sequence === (((other.heard[n - 1] ?? 0) + 1) & 0xffff),
    );
    expect(gapless).toBe(true);
    expect(other.heard.length).toBeGreaterThan(10);
    expect(await bench.stats(2)).toMatchObject({ received: 0, foreign: 0, refused: 0 });
  });
});
