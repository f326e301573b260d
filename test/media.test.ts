import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { FRAME_MS, type MediaCodec } from '../src/externalmedia/port.js';
import { codecOf } from '../src/externalmedia/codec.js';
import { Receiver } from '../src/externalmedia/receiver.js';
import { readPcap, type CapturedDatagram } from '../src/externalmedia/tap/pcap.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import type { StoredCall } from '../src/store/port.js';
import { expectNothingLeft, until, useLine, type TestLine } from './harness.js';
import { cafeNode } from './support/flows.js';
import { favouredThreads, mayFavour } from './support/processes.js';
import { callers, spokenOrders, type SpokenOrder } from './support/speakers.js';
import type { TestCall } from './support/test-call.js';

const FILE_WITHIN_MS = 5_000;
const RESTORED_WITHIN_MS = 5_000;
const WAV_HEADER_BYTES = 44;

async function tap(line: TestLine, callId: string, kind: 'recording' | 'capture', on: boolean): Promise<string> {
  const { file } = (await line.ask(`/api/calls/${callId}/${kind}`, { method: 'POST', body: { on } })) as {
    readonly file: string;
  };
  return file;
}

/** The id of a caller's call that is up, as the API knows it. */
async function idOf(line: TestLine, call: TestCall): Promise<string> {
  return (await line.recordWhen(call.callerId, () => true)).callId;
}

/** The UDP ports that a process listens on (proc(5)). */
function udpPorts(pid: number): ReadonlySet<number> {
  const folder = `/proc/${String(pid)}/fd`;
  const sockets = new Set(readdirSync(folder).map((fd) => linkOf(join(folder, fd))));
  const rows = readFileSync('/proc/net/udp', 'utf8').matchAll(/^ *\d+: [0-9A-F]{8}:([0-9A-F]{4}) (?:\S+ +){7}(\d+) /gm);
  return new Set(
    [...rows].flatMap(([, hex = '', inode = '']) => (sockets.has(`socket:[${inode}]`) ? [parseInt(hex, 16)] : [])),
  );
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined; // closed since the folder was read
  }
}

/** An RTP packet's sequence number. */
function numberOf(packet: Uint8Array): number {
  return ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
}

function nextTo(packet: Uint8Array | undefined): number | undefined {
  return packet && (numberOf(packet) + 1) & 0xffff;
}

/** What the receiver makes of datagrams that come as and when they did. */
function replay(datagrams: readonly CapturedDatagram[], codec: MediaCodec) {
  let samples = 0;
  const receiver = new Receiver(codecOf(codec, 'rtp'), (audio) => (samples += audio.length));
  let nowMs = datagrams[0]?.atMs ?? 0;
  for (const { atMs, payload } of datagrams) {
    for (; nowMs + FRAME_MS < atMs; nowMs += FRAME_MS) receiver.tick(nowMs);
    receiver.receive(payload, atMs);
  }
  receiver.tick(nowMs + FRAME_MS);
  return { counters: receiver.counters(), samples };
}

/** A bad network, the same at each run: of 20 packets in a row one is lost, one comes after its successor, one twice. */
function impair(clean: readonly CapturedDatagram[]) {
  const datagrams: CapturedDatagram[] = [];
  const counts = { dropped: 0, swapped: 0, doubled: 0 };
  let sentBefore: CapturedDatagram | undefined;
  clean.forEach((datagram, n) => {
    const successor = clean[n + 1];
    const isLast = n + 20 > clean.length;
    if (n % 20 === 5 && !isLast) counts.dropped++;
    else if (n % 20 === 10 && successor && !isLast) {
      counts.swapped++;
      sentBefore = successor;
      datagrams.push({ ...successor, atMs: datagram.atMs }, { ...datagram, atMs: datagram.atMs + 5 });
    } else if (datagram !== sentBefore) datagrams.push(datagram);
    if (n % 20 === 15 && !isLast) {
      counts.doubled++;
      datagrams.push(datagram);
    }
  });
  return { datagrams, ...counts };
}

function loudness(samples: Int16Array, side: 0 | 1): number {
  let sum = 0;
  for (let i = side; i < samples.length; i += 2) sum += (samples[i] ?? 0) ** 2;
  return Math.sqrt(sum / (samples.length / 2));
}

/** µ-law over RTP is what all other tests speak. */
describe.each([
  ['rtp', 'slin'],
  ['websocket', 'ulaw'],
] as const)('media over %s in %s', (transport, codec) => {
  const line = useLine({ env: { HANDRAIL_MEDIA_TRANSPORT: transport, HANDRAIL_MEDIA_CODEC: codec } });
  let order: SpokenOrder | undefined;
  beforeAll(async () => {
    [order] = await spokenOrders(await callers(line().stack.pbx), 1);
  });

  it.runIf(mayFavour())('its media thread goes before the machine’s other work, and nothing else of it does', () => {
    expect(favouredThreads(line().stack.controller.pid)).toBe(1);
  });

  it('carries both voices, and stops ours when the caller speaks up; both are recorded, and counted', async () => {
    if (!order) throw new Error('nobody speaks');
    const call = await line().call();
    await call.hearsVoice();
    expect((await line().mediaChannels())[0]).toMatch(transport === 'rtp' ? /^UnicastRTP/ : /^WebSocket/);
    const callId = await idOf(line(), call);
    const file = await tap(line(), callId, 'recording', true);

    // The greeting is longer than the order: what is silent before the caller's last word was stopped.
    const { startedMs, lastVoicedSentMs } = await call.phone.play(order.samples);
    const bargedIn = call.phone.heard.segments(startedMs, 200).filter(({ toMs }) => toMs < lastVoicedSentMs);
    expect(bargedIn.length, 'the greeting ended before the caller did').toBeGreaterThan(0);
    const turn = await call.turn(({ input }) => input.type === 'speech');
    expect(turn.input.type === 'speech' && turn.input.meaning.intent).toBe(order.intent);

    // However short the order was: the answer makes it a call of some seconds.
    await call.listen();

    const ended = await call.hangup();
    const { media } = await line().recordWhen(call.callerId, (record: StoredCall) => record.media !== undefined);
    expect(media?.received).toBeGreaterThan(100);
    expect(media?.sent).toBeGreaterThan(100);
    expect(media).toMatchObject({ foreign: 0, malformed: 0, lost: 0, refused: 0 });
    expect(ended.ending).toBe('hungup-by-caller');

    const bytes = await until(FILE_WITHIN_MS, async () => {
      const wav = await readFile(file);
      return wav.readUInt32LE(40) === wav.length - WAV_HEADER_BYTES && wav.length > 64_000 ? wav : undefined;
    });
    expect(bytes?.readUInt16LE(22), 'two channels').toBe(2);
    const samples = new Int16Array(Uint8Array.from(bytes ?? []).buffer, WAV_HEADER_BYTES);
    expect(loudness(samples, 0), 'the caller, left').toBeGreaterThan(100);
    expect(loudness(samples, 1), 'the bot, right').toBeGreaterThan(100);
  });

  it.runIf(transport === 'websocket')('goes on over another channel when its own is gone', async () => {
    const call = await line().call();
    await call.hearsVoice();
    const [lost] = await line().mediaChannels();
    await line().stack.pbx.cli(`channel request hangup ${lost ?? ''}`);
    const next = await until(RESTORED_WITHIN_MS, async () =>
      (await line().mediaChannels()).find((channel) => channel !== lost),
    );
    expect(next).toBeDefined();
    await call.listen();
    await call.press('2');
    const { said } = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
    const prompts = [cafeNode('openNow', 'say').prompt, cafeNode('closedNow', 'say').prompt];
    await call.expectPrompt(prompts.find((prompt) => said.startsWith(prompt)) ?? said);
    await call.hangup();
  });

  it.runIf(transport === 'rtp')(
    'is captured, and the capture tells what the buffer makes of a bad network',
    async () => {
      const call = await line().call();
      await call.hearsVoice();
      const callId = await idOf(line(), call);
      const file = await tap(line(), callId, 'capture', true);
      await sleep(systemClock, 3_000);
      await call.press('9');
      await sleep(systemClock, 1_000);
      await tap(line(), callId, 'capture', false);
      const bound = udpPorts(line().stack.pbx.pid);
      const captured = await until(FILE_WITHIN_MS, async () => {
        const datagrams = readPcap(await readFile(file)) ?? [];
        return datagrams.length > 300 ? datagrams : undefined;
      });
      await call.hangup();
      const ends = new Set(captured?.map(({ destination }) => destination.port));
      expect(ends.size, 'both ways').toBe(2);
      // RTCP would be on the port after Asterisk's (RFC 3550 §11): it speaks none on this leg.
      const asterisks = [...ends].filter((port) => bound.has(port));
      expect(asterisks).toHaveLength(1);
      for (const port of asterisks) expect(bound.has(port + 1)).toBe(false);
      for (const port of ends) {
        const all = (captured ?? []).filter(({ destination }) => destination.port === port);
        // Asterisk keeps the caller's numbers, in which those of a key press are missing here: it looks like a loss.
        const keyAt = all.findIndex(({ payload }, n) => n > 0 && numberOf(payload) !== nextTo(all[n - 1]?.payload));
        const heard = keyAt > 0 ? all.slice(0, keyAt) : all;
        expect(heard.length).toBeGreaterThan(100);
        const clean = replay(heard, codec).counters;
        expect(clean).toMatchObject({ received: heard.length, lost: 0, reordered: 0, malformed: 0, concealed: 0 });
        const impaired = impair(heard);
        expect(replay(impaired.datagrams, codec).counters).toMatchObject({
          lost: impaired.dropped,
          concealed: impaired.dropped,
          reordered: impaired.swapped,
          duplicates: impaired.doubled,
          late: 0,
        });
        // With the key: nothing came for a while, and as much time was heard as there was.
        const spanMs = (all.at(-1)?.atMs ?? 0) - (all[0]?.atMs ?? 0) + FRAME_MS;
        expect(Math.abs(replay(all, codec).samples / 8 - spanMs), 'ms too many or too few').toBeLessThan(100);
      }
    },
  );

  it('carries doctor’s marked audio both ways', async () => {
    const env = { ...process.env, ...line().controllerEnv() };
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/handrail.mjs', 'doctor'], { env }).catch(
      // A machine that is too small is a ✗ of its own.
      (failed: { readonly stdout: string }) => failed,
    );
    // On a busy machine audio is late, and doctor says so.
    expect(stdout).toMatch(new RegExp(`^[✓!] audio .*of 100 packets in .*${codec} over ${transport}`, 'm'));
  });

  it('leaves nothing behind', async () => {
    await expectNothingLeft(line());
  });
});
