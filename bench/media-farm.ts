import { createSocket, type Socket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { ClockTimer, NativeTimer, type DeadlineTimer } from '../src/externalmedia/deadline-timer.js';
import { createLegSockets, type LegSocket, type LegSockets } from '../src/externalmedia/leg-sockets.js';
import { loadNativeIo, nativeIoPath } from '../src/externalmedia/native-io.js';
import { FRAME_MS, FRAME_SAMPLES } from '../src/externalmedia/port.js';
import { RTP_HEADER_BYTES } from '../src/externalmedia/rtp.js';
import { systemClock } from '../src/kernel/clock.js';
import { Distribution } from '../src/sip-caller/index.js';

/** What the bench tells the farm. `legs` are the UDP ports of the media plane, on 127.0.0.1. */
export type FarmCommand =
  /** Opens a far end for each leg, in place of the legs before, and sends the clip to it in a loop; answered by `called`. */
  | { readonly type: 'call'; readonly legs: readonly number[]; readonly clip: Uint8Array }
  /** Sends `perSecond` packets to one leg: as its far end (numbered and sound), or as a stranger. */
  | {
      readonly type: 'flood';
      readonly leg: number;
      readonly perSecond: number;
      readonly ms: number;
      readonly as: 'pinned' | 'stranger';
    }
  /** Forgets what was counted. */
  | { readonly type: 'mark' }
  | { readonly type: 'report' }
  | { readonly type: 'hang-up' };

export type FarmReport =
  | { readonly type: 'ready' }
  /** The UDP ports on 127.0.0.1 of the far ends, in the order of their legs. */
  | { readonly type: 'called'; readonly ports: readonly number[] }
  | { readonly type: 'flooded'; readonly sent: number }
  | { readonly type: 'report'; readonly figures: FarmFigures };

/** What the far ends heard since `mark`. */
export interface FarmFigures {
  readonly received: number;
  /** Missing sequence numbers in what the media plane sent. */
  readonly lost: number;
  /** Time between two packets of one leg. */
  readonly gapMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** How late the farm's own 20 ms clock was: it shares the machine with what it measures. */
  readonly latenessMsP99: number;
  /** When the first voiced packet came on each leg, on the machine's monotonic clock. */
  readonly firstVoicedMs: Readonly<Record<number, number>>;
}

const HOST = '127.0.0.1';
/** Legs are served in slices of a frame, as calls that began at different times are. */
const SLICES = 4;
/** µ-law of PCM 0. */
const SILENCE = 0xff;

interface FarmLeg {
  readonly port: number;
  readonly socket: LegSocket;
  readonly packet: Uint8Array;
  sequence: number;
  position: number;
  lastMs: number | undefined;
  lastSequence: number | undefined;
}

/** The other side of many calls in a process of its own: sends to all legs, and measures what comes back. */
class Farm {
  readonly #legs = new Map<number, FarmLeg>();
  #clip: Uint8Array = new Uint8Array(FRAME_SAMPLES).fill(SILENCE);
  #received = 0;
  #lost = 0;
  #gaps = new Distribution();
  #lateness = new Distribution();
  #firstVoiced: Record<number, number> = {};

  constructor(
    private readonly sockets: LegSockets,
    private readonly timer: DeadlineTimer,
    private readonly stranger: Socket,
  ) {
    this.#pace(systemClock.nowMs(), 0);
  }

  handle(command: FarmCommand): void {
    switch (command.type) {
      case 'call':
        this.#hangUp();
        this.#clip = command.clip;
        void this.#call(command.legs).then((ports) => report({ type: 'called', ports }));
        return;
      case 'flood':
        void this.#flood(command).then((sent) => report({ type: 'flooded', sent }));
        return;
      case 'mark':
        this.#received = 0;
        this.#lost = 0;
        this.#gaps = new Distribution();
        this.#lateness = new Distribution();
        this.#firstVoiced = {};
        return;
      case 'report':
        report({ type: 'report', figures: this.#figures() });
        return;
      case 'hang-up':
        this.#hangUp();
    }
  }

  #figures(): FarmFigures {
    return {
      received: this.#received,
      lost: this.#lost,
      gapMs: { p50: this.#gaps.percentile(0.5), p99: this.#gaps.percentile(0.99), max: this.#gaps.max },
      latenessMsP99: this.#lateness.percentile(0.99),
      firstVoicedMs: this.#firstVoiced,
    };
  }

  async #call(ports: readonly number[]): Promise<number[]> {
    const legs = await Promise.all(ports.map((port, index) => this.#newLeg(port, index)));
    for (const leg of legs) this.#legs.set(leg.port, leg);
    return legs.map(({ socket }) => socket.local.port);
  }

  #hangUp(): void {
    for (const { socket } of this.#legs.values()) socket.close();
    this.#legs.clear();
  }

  async #newLeg(port: number, index: number): Promise<FarmLeg> {
    const socket = await this.sockets.open(HOST, {
      datagram: (bytes, arrivalMs) => this.#hear(leg, bytes, arrivalMs),
      trouble: () => undefined,
      lost: () => undefined,
    });
    socket.pin({ host: HOST, port });
    const packet = new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES);
    packet[0] = 0x80;
    const leg: FarmLeg = {
      port,
      socket,
      packet,
      sequence: 0,
      // Callers do not speak in step: each begins at another place of the clip.
      position: (index * 37 * FRAME_SAMPLES) % 48_000,
      lastMs: undefined,
      lastSequence: undefined,
    };
    return leg;
  }

  /** Absolute deadlines: slice n is due at start + n × 5 ms. */
  #pace(startMs: number, slice: number): void {
    const dueMs = startMs + (slice * FRAME_MS) / SLICES;
    this.timer.wakeAt(dueMs, () => {
      this.#lateness.add(Math.max(0, systemClock.nowMs() - dueMs));
      this.sockets.receive();
      let index = 0;
      for (const leg of this.#legs.values()) if (index++ % SLICES === slice % SLICES) this.#send(leg);
      this.#pace(startMs, slice + 1);
    });
  }

  #send(leg: FarmLeg): void {
    const { packet } = leg;
    number(packet, leg.sequence++);
    packet.set(this.#clip.subarray(leg.position, leg.position + FRAME_SAMPLES), RTP_HEADER_BYTES);
    leg.position = (leg.position + FRAME_SAMPLES) % this.#clip.length;
    leg.socket.send(packet);
  }

  #hear(leg: FarmLeg, bytes: Uint8Array, arrivalMs: number): void {
    const sequence = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    this.#received++;
    if (leg.lastMs !== undefined) this.#gaps.add(arrivalMs - leg.lastMs);
    if (leg.lastSequence !== undefined) this.#lost += Math.max(0, ((sequence - leg.lastSequence) & 0xffff) - 1);
    leg.lastMs = arrivalMs;
    leg.lastSequence = sequence;
    if (this.#firstVoiced[leg.port] === undefined && bytes[RTP_HEADER_BYTES + 1] !== SILENCE)
      this.#firstVoiced[leg.port] = arrivalMs;
  }

  /** Sends in bursts of a millisecond each; what the machine does not manage is not made up for. */
  async #flood(command: Extract<FarmCommand, { type: 'flood' }>): Promise<number> {
    const leg = this.#legs.get(command.leg);
    const packet = new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES);
    packet[0] = 0x80;
    const startMs = systemClock.nowMs();
    let sent = 0;
    for (let passedMs = 0; passedMs < command.ms; passedMs = systemClock.nowMs() - startMs) {
      const due = Math.min(sent + 200, Math.floor((passedMs * command.perSecond) / 1_000));
      for (; sent < due; sent++) {
        number(packet, sent);
        // Node's sockets send later: each packet needs its own bytes.
        if (command.as === 'pinned') leg?.socket.send(packet.slice());
        else this.stranger.send(packet.slice(), command.leg, HOST);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sent;
  }
}

function number(packet: Uint8Array, sequence: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset);
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, (sequence * FRAME_SAMPLES) >>> 0);
}

function report(message: FarmReport): void {
  process.send?.(message);
}

/** Addresses are never names here. */
const stranger = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) });
const io = existsSync(nativeIoPath) ? loadNativeIo() : undefined;
const farm = new Farm(
  createLegSockets(io, () => systemClock.nowMs()),
  io ? new NativeTimer(io) : new ClockTimer(systemClock),
  stranger,
);
process.on('message', (command: FarmCommand) => farm.handle(command));
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
