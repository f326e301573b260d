import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { sleep, systemClock } from '../kernel/clock.js';
import { createLegSockets, type LegSocket, type LegSockets } from './leg-sockets.js';
import { loadNativeIo, nativeIoPath } from './native-io.js';

const host = '127.0.0.1';
/** capabilities(7): number 23. */
const CAP_SYS_NICE = 1n << 23n;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function far(at = host) {
  const socket = createSocket('udp4');
  const heard: string[] = [];
  socket.on('message', (bytes) => heard.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.bind(0, at, resolve));
  closing.push(() => socket.close());
  const send = (bytes: Uint8Array | string, port: number): Promise<number> =>
    new Promise((resolve) => socket.send(bytes, port, host, () => resolve(systemClock.nowMs())));
  return { socket, heard, send, end: { host: at, port: socket.address().port } };
}

async function near(sockets: LegSockets, datagram?: (text: string) => void) {
  const heard: { readonly text: string; readonly arrivalMs: number }[] = [];
  const troubles: unknown[] = [];
  let lost = 0;
  const socket: LegSocket = await sockets.open(host, {
    datagram: (bytes, arrivalMs) => {
      const text = Buffer.from(bytes).toString();
      heard.push({ text, arrivalMs });
      datagram?.(text);
    },
    trouble: (_what, error) => troubles.push(error),
    lost: () => lost++,
  });
  closing.push(() => socket.close());
  return { socket, heard, troubles, texts: () => heard.map(({ text }) => text), lost: () => lost };
}

/** As a media thread does: looks again and again, until it is so or a second has passed. */
async function look(sockets: LegSockets, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !isSo(); tries++) {
    await sleep(systemClock, 5);
    sockets.receive();
  }
}

/** The file descriptors of the sockets that this process has open. */
function openSockets(): number[] {
  const isSocket = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter(isSocket).map(Number);
}

/** Without the native part, which `npm run build` makes, only Node's own are here to be tested. */
describe.each([
  { name: 'Node’s sockets', make: () => createLegSockets(undefined, () => systemClock.nowMs()) },
  ...(existsSync(nativeIoPath)
    ? [{ name: 'the native sockets', make: () => createLegSockets(loadNativeIo(), () => systemClock.nowMs()) }]
    : []),
])('$name', ({ make }) => {
  test('hear the pinned end alone: not before it is named, no other port, no other address', async () => {
    const sockets = make();
    const { socket, texts } = await near(sockets);
    const [asterisk, otherPort, otherAddress] = [await far(), await far(), await far('127.0.0.2')];
    const { port } = socket.local;
    await asterisk.send('too early', port);
    await look(sockets, () => socket.foreign === 1);
    socket.pin(asterisk.end);
    await otherPort.send('other port', port);
    await otherAddress.send('other address', port);
    await asterisk.send('hello', port);
    await asterisk.send('again', port);
    await look(sockets, () => texts().length === 2 && socket.foreign === 3);
    expect(texts()).toEqual(['hello', 'again']);
    expect(socket.foreign).toBe(3);
    socket.close();
    expect(socket.foreign).toBe(3);
  });

  test('send to the pinned end, and to nobody before that or after they are closed', async () => {
    const sockets = make();
    const { socket } = await near(sockets);
    const asterisk = await far();
    socket.send(Buffer.from('nobody'));
    socket.pin(asterisk.end);
    socket.send(Buffer.from('somebody'));
    await look(sockets, () => asterisk.heard.length > 0);
    socket.close();
    socket.close();
    socket.send(Buffer.from('closed'));
    await sleep(systemClock, 20);
    expect(asterisk.heard).toEqual(['somebody']);
  });

  test('a datagram of 60,000 bytes is no audio of anybody, and one that fails its owner is told', async () => {
    const sockets = make();
    const { socket, heard, troubles } = await near(sockets, (text) => {
      if (text === 'fails') throw new Error('on purpose');
    });
    const asterisk = await far();
    socket.pin(asterisk.end);
    await asterisk.send(Buffer.alloc(60_000), socket.local.port);
    await asterisk.send('fails', socket.local.port);
    await asterisk.send('', socket.local.port);
    await asterisk.send('goes on', socket.local.port);
    await look(sockets, () => heard.length === 4);
    expect(troubles).toEqual([new Error('on purpose')]);
    expect(heard.map(({ text }) => text).slice(1)).toEqual(['fails', '', 'goes on']);
    expect([0, 60_000]).toContain(heard[0]?.text.length);
  });

  test('many sockets at once: each hears what was sent to it, in order', async () => {
    const sockets = make();
    const asterisk = await far();
    const legs = await Promise.all(Array.from({ length: 60 }, () => near(sockets)));
    for (const { socket } of legs) socket.pin(asterisk.end);
    const words = Array.from({ length: 40 }, (_, n) => `word ${n}`);
    for (const word of words)
      for (const { socket } of legs) await asterisk.send(`${word} ${socket.local.port}`, socket.local.port);
    await look(sockets, () => legs.every(({ heard }) => heard.length === words.length));
    for (const { socket, texts } of legs) expect(texts()).toEqual(words.map((word) => `${word} ${socket.local.port}`));
  });

  test('an address that is no address of this machine is refused', async () => {
    await expect(
      make().open('192.0.2.1', { datagram: () => undefined, trouble: () => undefined, lost: () => undefined }),
    ).rejects.toMatchObject({ code: 'HR_MEDIA_FAILED' });
  });
});

describe.runIf(existsSync(nativeIoPath))('the native part', () => {
  /** Native sockets, and the file descriptors that they were given. */
  const watched = () => {
    const io = loadNativeIo();
    const opened: number[] = [];
    const open = (at: string): [number, number] => {
      const before = openSockets();
      const made = io.open(at);
      opened.push(...openSockets().filter((fd) => !before.includes(fd)));
      return made;
    };
    return { io, open, opened, sockets: createLegSockets({ ...io, open }, () => systemClock.nowMs()) };
  };

  /** Opens files until one has got this file descriptor. */
  function take(fd: number): void {
    for (let got = -1; got < fd;) {
      got = openSync('/dev/null', 'r');
      const opened = got;
      closing.push(() => closeSync(opened));
    }
    expect(readlinkSync(`/proc/self/fd/${fd}`), 'the number has another owner now').toBe('/dev/null');
  }

  test('a socket that was closed by somebody else is told, once, and its number is let alone', async () => {
    const { opened, sockets } = watched();
    const { socket, lost } = await near(sockets);
    socket.pin({ host, port: 9 });
    closeSync(opened[0]!);
    for (let n = 0; n < 3; n++) socket.send(Buffer.from('hello'));
    take(opened[0]!);
    socket.close();
    expect(readlinkSync(`/proc/self/fd/${String(opened[0])}`)).toBe('/dev/null');
    expect(lost()).toBe(1);
  });

  test('what is closed under a call is not the next connection’s: nothing goes into it', async () => {
    const { opened, sockets } = watched();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    closing.push(() => server.close());
    let heard = 0;
    server.on('connection', (connection) => connection.on('data', ({ length }) => (heard += length)));
    const { socket, lost } = await near(sockets);
    socket.pin({ host, port: 9 });
    closeSync(opened[0]!);
    const before = openSockets();
    const connection = connect((server.address() as AddressInfo).port, host);
    await once(connection, 'connect');
    const given = openSockets().filter((fd) => !before.includes(fd));
    expect(given.length).toBeGreaterThan(0);
    expect(given).not.toContain(opened[0]);
    for (let n = 0; n < 3; n++) socket.send(Buffer.from('hello'));
    const ended = once(connection, 'close');
    connection.end();
    await ended;
    expect([lost(), heard]).toEqual([1, 0]);
  });

  test('a socket that somebody else closed is not closed in its next owner’s place', () => {
    const { io, open, opened } = watched();
    const [number] = open(host);
    closeSync(opened[0]!);
    take(opened[0]!);
    io.close(number);
    expect(readlinkSync(`/proc/self/fd/${String(opened[0])}`)).toBe('/dev/null');
  });

  test('a socket whose number a new one has got never sends through it, nor closes it', async () => {
    const { opened, sockets } = watched();
    const asterisk = await far();
    const old = await near(sockets);
    old.socket.pin(asterisk.end);
    closeSync(opened[0]!);
    const fresh = await near(sockets);
    expect(opened[1], 'the number has another owner now').toBe(opened[0]);
    fresh.socket.pin(asterisk.end);
    old.socket.send(Buffer.from('another caller’s words'));
    old.socket.close();
    fresh.socket.send(Buffer.from('hello'));
    await look(sockets, () => asterisk.heard.length > 0);
    expect(asterisk.heard).toEqual(['hello']);
    expect([old.lost(), fresh.lost()]).toEqual([1, 0]);
  });

  test('nor when the new one is another thread’s', async () => {
    const { opened, sockets } = watched();
    const asterisk = await far();
    const old = await near(sockets);
    old.socket.pin(asterisk.end);
    closeSync(opened[0]!);
    const before = openSockets();
    const work = `
      const { parentPort, workerData } = require('node:worker_threads');
      require(workerData).open('${host}');
      parentPort.on('message', () => undefined);
      parentPort.postMessage('open');
    `;
    const worker = new Worker(work, { eval: true, workerData: nativeIoPath });
    await new Promise((resolve) => worker.once('message', resolve));
    const given = openSockets().filter((fd) => !before.includes(fd));
    expect(given, 'the number has another owner now').toContain(opened[0]);
    old.socket.send(Buffer.from('another caller’s words'));
    old.socket.close();
    await sleep(systemClock, 20);
    expect([asterisk.heard, old.lost()]).toEqual([[], 1]);
    expect(openSockets()).toContain(opened[0]);
    await worker.terminate();
  });

  test('a thread that is ended in the middle of its work leaves no socket behind', async () => {
    const before = openSockets().length;
    const work = `
      const { parentPort, workerData } = require('node:worker_threads');
      const io = require(workerData);
      for (let n = 0; n < 20; n++) io.open('${host}');
      io.onTimer(() => io.wakeAt(1));
      io.wakeAt(1);
      parentPort.on('message', () => undefined);
      parentPort.postMessage('open');
    `;
    const worker = new Worker(work, { eval: true, workerData: nativeIoPath });
    await new Promise((resolve) => worker.once('message', resolve));
    expect(openSockets()).toHaveLength(before + 20);
    await worker.terminate();
    expect(openSockets()).toHaveLength(before);
  });

  test('a thread that asks to go first gets what the system allows, and none of its threads inherits it', async () => {
    // Of /proc/thread-self/stat (proc(5)) nice is the 19th field, and the scheduling policy the 41st.
    const work = `
      const { readFileSync } = require('node:fs');
      const { parentPort, workerData, Worker } = require('node:worker_threads');
      const { module, got } = workerData;
      const now = got ?? require(module).goFirst();
      const fields = readFileSync('/proc/thread-self/stat', 'utf8').replace(/^.*\\) /s, '').split(' ');
      const seen = { got: now, nice: Number(fields[16]), policy: Number(fields[38]) };
      if (got === undefined) {
        const child = new Worker(workerData.work, { eval: true, workerData: { got: 'asked nothing' } });
        child.once('message', (below) => parentPort.postMessage([seen, ...below]));
      } else parentPort.postMessage([seen]);
    `;
    const worker = new Worker(work, { eval: true, workerData: { module: nativeIoPath, work } });
    const [asker, below] = await new Promise<{ got: string; nice: number; policy: number }[]>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    const realtime = { got: 'realtime', nice: expect.any(Number) as number, policy: 2 };
    const nice = { got: 'nice', nice: -10, policy: 0 };
    const normal = { got: 'normal', nice: getPriority(), policy: expect.any(Number) as number };
    const effective = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
    const isCapable = (effective & CAP_SYS_NICE) !== 0n;
    expect(isCapable ? [realtime, nice] : [realtime, nice, normal]).toContainEqual(asker);
    expect(below?.policy).not.toBe(realtime.policy);
    expect(below?.nice).toBeGreaterThanOrEqual(Math.min(0, getPriority()));
  });

  test('its timer takes a function only, and keeps the one that it has', async () => {
    const io = loadNativeIo();
    let woken = 0;
    io.onTimer(() => woken++);
    expect(() => Reflect.apply(io.onTimer, undefined, [])).toThrow('no function');
    io.wakeAt(systemClock.nowMs() + 5);
    await sleep(systemClock, 50);
    expect(woken).toBe(1);
  });

  test('tells when the kernel took a datagram, however late it is read', async () => {
    const sockets = createLegSockets(loadNativeIo(), () => systemClock.nowMs());
    const { socket, heard } = await near(sockets);
    const asterisk = await far();
    socket.pin(asterisk.end);
    // The kernel begins to note times a moment after the machine's first socket that asks for them; till then it notes the reading.
    for (let tries = 0, isNoted = false; tries < 50 && !isNoted; tries++) {
      const sentMs = await asterisk.send('first', socket.local.port);
      await sleep(systemClock, 20);
      sockets.receive();
      isNoted = (heard.at(-1)?.arrivalMs ?? Infinity) < sentMs + 1;
    }
    heard.length = 0;
    const beforeMs = systemClock.nowMs();
    const sentMs = await asterisk.send('hello', socket.local.port);
    await sleep(systemClock, 300);
    sockets.receive();
    expect(heard).toHaveLength(1);
    expect(heard[0]!.arrivalMs).toBeGreaterThan(beforeMs - 1);
    expect(heard[0]!.arrivalMs).toBeLessThan(sentMs + 1);
  });

  test('a thread that gathers hears Node’s own sockets when its timer is due, if that is soon', async () => {
    const io = loadNativeIo();
    io.onTimer(() => undefined);
    const asterisk = await far();
    // Sends at once, and leaves the event loop nothing to do.
    const { socket } = await near(createLegSockets(io, () => systemClock.nowMs()));
    socket.pin(asterisk.end);
    const heardMs = async (dueMs: number): Promise<number> => {
      io.wakeAt(dueMs);
      const arrived = once(asterisk.socket, 'message');
      socket.send(Buffer.from('hello'));
      await arrived;
      return systemClock.nowMs();
    };
    closing.push(() => io.gather(false));
    io.gather(true);
    await sleep(systemClock, 20);
    const soonMs = systemClock.nowMs() + 15;
    expect(await heardMs(soonMs)).toBeGreaterThanOrEqual(soonMs);
    const laterMs = systemClock.nowMs() + 10_000;
    expect(await heardMs(laterMs)).toBeLessThan(laterMs);
    io.wakeAt(0);
  });

  test('its timer wakes at the time, once, and not when it was stopped', async () => {
    const io = loadNativeIo();
    const wokenMs: number[] = [];
    io.onTimer(() => wokenMs.push(systemClock.nowMs()));
    const dueMs = systemClock.nowMs() + 20.5;
    io.wakeAt(dueMs);
    await sleep(systemClock, 100);
    io.wakeAt(systemClock.nowMs() + 20);
    io.wakeAt(0);
    await sleep(systemClock, 60);
    expect(wokenMs).toHaveLength(1);
    expect(wokenMs[0]!).toBeGreaterThanOrEqual(dueMs);
  });
});
