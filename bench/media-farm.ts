import { createSocket, type Socket } from 'node:dgram';
import { systemClock } from '../src/kernel/clock.js';
import { Distribution } from '../src/sip-caller/index.js';

/** What the bench tells the farm. `legs` are the UDP ports of the media plane, on 127.0.0.1. */
export type FarmCommand =
  /** Sends the clip to each leg in a loop from now on, in place of the legs before. */
  | { readonly type: 'call'; readonly legs: readonly number[]; readonly clip: Uint8Array }
  /** Sends `perSecond` packets to one leg: as the pinned source (numbered and sound), or as a stranger. */
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
  | { readonly type: 'ready'; readonly port: number }
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
const HEADER_BYTES = 12;
const FRAME_SAMPLES = 160;
const FRAME_MS = 20;
/** Legs are served in slices of a frame, as calls that began at different times are. */
const SLICES = 4;
/** µ-law of PCM 0. */
const SILENCE = 0xff;

interface FarmLeg {
  readonly port: number;
  readonly packet: Uint8Array;
  sequence: number;
  position: number;
  lastMs: number | undefined;
  lastSequence: number | undefined;
}

/** The other side of many calls in a process of its own: one socket sends to all legs, and measures what comes back. */
class Farm {
  readonly #legs = new Map<number, FarmLeg>();
  #clip: Uint8Array = new Uint8Array(FRAME_SAMPLES).fill(SILENCE);
  #received = 0;
  #lost = 0;
  #gaps = new Distribution();
  #lateness = new Distribution();
  #firstVoiced: Record<number, number> = {};

  constructor(
    private readonly socket: Socket,
    private readonly stranger: Socket,
  ) {
    socket.on('message', (bytes, from) => this.#hear(bytes, from.port));
    this.#pace(systemClock.nowMs(), 0);
  }

  handle(command: FarmCommand): void {
    switch (command.type) {
      case 'call':
        this.#clip = command.clip;
        this.#legs.clear();
        command.legs.forEach((port, index) => this.#legs.set(port, newLeg(port, index)));
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
        this.#legs.clear();
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

  /** Absolute deadlines: slice n is due at start + n × 5 ms. */
  #pace(startMs: number, slice: number): void {
    const dueMs = startMs + (slice * FRAME_MS) / SLICES;
    systemClock.after(dueMs - systemClock.nowMs(), () => {
      this.#lateness.add(Math.max(0, systemClock.nowMs() - dueMs));
      let index = 0;
      for (const leg of this.#legs.values()) if (index++ % SLICES === slice % SLICES) this.#send(leg);
      this.#pace(startMs, slice + 1);
    });
  }

  #send(leg: FarmLeg): void {
    const { packet } = leg;
    number(packet, leg.sequence++);
    packet.set(this.#clip.subarray(leg.position, leg.position + FRAME_SAMPLES), HEADER_BYTES);
    leg.position = (leg.position + FRAME_SAMPLES) % this.#clip.length;
    this.socket.send(packet, leg.port, HOST);
  }

  #hear(bytes: Uint8Array, port: number): void {
    const leg = this.#legs.get(port);
    if (!leg) return;
    const nowMs = systemClock.nowMs();
    const sequence = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
    this.#received++;
    if (leg.lastMs !== undefined) this.#gaps.add(nowMs - leg.lastMs);
    if (leg.lastSequence !== undefined) this.#lost += Math.max(0, ((sequence - leg.lastSequence) & 0xffff) - 1);
    leg.lastMs = nowMs;
    leg.lastSequence = sequence;
    if (this.#firstVoiced[port] === undefined && bytes[HEADER_BYTES + 1] !== SILENCE) this.#firstVoiced[port] = nowMs;
  }

  /** Sends in bursts of a millisecond each; what the machine does not manage is not made up for. */
  async #flood(command: Extract<FarmCommand, { type: 'flood' }>): Promise<number> {
    const socket = command.as === 'pinned' ? this.socket : this.stranger;
    const packet = new Uint8Array(HEADER_BYTES + FRAME_SAMPLES);
    packet[0] = 0x80;
    const startMs = systemClock.nowMs();
    let sent = 0;
    for (let passedMs = 0; passedMs < command.ms; passedMs = systemClock.nowMs() - startMs) {
      const due = Math.min(sent + 200, Math.floor((passedMs * command.perSecond) / 1_000));
      for (; sent < due; sent++) {
        number(packet, sent);
        socket.send(packet.slice(), command.leg, HOST);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return sent;
  }
}

function newLeg(port: number, index: number): FarmLeg {
  const packet = new Uint8Array(HEADER_BYTES + FRAME_SAMPLES);
  packet[0] = 0x80;
  // Callers do not speak in step: each begins at another place of the clip.
  return {
    port,
    packet,
    sequence: 0,
    position: (index * 37 * FRAME_SAMPLES) % 48_000,
    lastMs: undefined,
    lastSequence: undefined,
  };
}

function number(packet: Uint8Array, sequence: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset);
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, (sequence * FRAME_SAMPLES) >>> 0);
}

function report(message: FarmReport): void {
  process.send?.(message);
}

const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20, lookup: numeric });
const stranger = createSocket({ type: 'udp4', lookup: numeric });

/** Addresses are never names here. */
function numeric(
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, 4);
}

socket.bind(0, HOST, () => {
  const farm = new Farm(socket, stranger);
  process.on('message', (command: FarmCommand) => farm.handle(command));
  process.on('disconnect', () => process.exit());
  report({ type: 'ready', port: socket.address().port });
});
